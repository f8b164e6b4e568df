/* The edit page of a knowledge entry: Ctrl+S saves, and leaving with unsaved work is asked about. */
window.cdDirty = false;
window.addEventListener("beforeunload", (event) => {
  if (window.cdDirty) { event.preventDefault(); event.returnValue = ""; }
});
document.addEventListener("input", (event) => {
  if (event.target.closest(".cd-panels")) window.cdDirty = true;
});
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
  event.preventDefault();
  const typing = document.activeElement;
  if (typing && typing.blur) typing.blur(); // what was typed last is sent at once
  setTimeout(() => { emitEvent("cd-save"); if (typing && typing.focus) typing.focus(); }, 80);
});

// Which previews are open stays so when they are drawn anew.
{
const opened = new Map();
document.addEventListener('toggle', (event) => {
  if (event.target.matches?.('.preview-case')) opened.set(event.target.querySelector('b').textContent, event.target.open);
}, true);
new MutationObserver(() => {
  for (const one of document.querySelectorAll('.preview-case')) {
    const wanted = opened.get(one.querySelector('b').textContent);
    if (wanted !== undefined && one.open !== wanted) one.open = wanted;
  }
}).observe(document.documentElement, { childList: true, subtree: true });
}

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

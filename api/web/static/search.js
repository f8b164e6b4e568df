// The search page: asks while one types, keeps the address, moves through hits from the keyboard.
// Events are caught on the document: the page's elements come and go.
(() => {
  const WAIT_MS = 250;
  const SPIN_MS = 300;
  const MOST_MARKS = 2;
  const FILTERS = ["kinds", "levels", "outcomes", "categories", "strategies", "platforms", "since", "until"];
  let serial = 0;
  let asked = null;
  let waiting = null;
  let spinning = null;
  let marks = new URLSearchParams(location.search).getAll("mark").slice(-MOST_MARKS);

  const form = () => document.getElementById("find");
  const box = () => form()?.elements.q;
  const hits = () => [...document.querySelectorAll("#found a.hit")];
  const connected = () => window.socket && window.socket.connected;

  function parameters() {
    const found = new URLSearchParams();
    for (const [name, value] of new FormData(form())) if (value.trim()) found.append(name, value.trim());
    for (const mark of marks) found.append("mark", mark);
    return found;
  }

  function keepAddress(found, isNew) {
    const address = found.size ? `/search?${found}` : "/search";
    if (address === location.pathname + location.search) return;
    history[isNew ? "pushState" : "replaceState"](history.state, "", address);
  }

  function ask(isNew) {
    clearTimeout(waiting);
    const found = parameters();
    keepAddress(found, isNew);
    countFilters();
    found.delete("mark");
    if (found.toString() === asked) return;
    asked = found.toString();
    serial += 1;
    clearTimeout(spinning);
    spinning = setTimeout(() => spin(true), SPIN_MS);
    if (connected()) emitEvent("search_asked", serial, asked);
    else location.reload();
  }

  function soon() {
    clearTimeout(waiting);
    waiting = setTimeout(() => ask(false), WAIT_MS);
  }

  function spin(isOn) {
    const spinner = form()?.querySelector(".spin");
    if (spinner) spinner.hidden = !isOn;
  }

  function countFilters() {
    const set = new Set([...new FormData(form())].filter(([name, value]) => FILTERS.includes(name) && value).map(([name]) => name));
    const count = form().querySelector("[data-count]");
    if (count) count.textContent = set.size ? `（${set.size}）` : "";
  }

  function fill(found) {
    for (const field of form().elements) {
      if (field.type === "checkbox") { if (field.name) field.checked = found.getAll(field.name).includes(field.value); }
      else if (field.name && field.type !== "hidden") field.value = found.get(field.name) || "";
    }
  }

  function toggleMark(id) {
    marks = marks.includes(id) ? marks.filter((one) => one !== id) : [...marks, id].slice(-MOST_MARKS);
    const found = parameters();
    keepAddress(found, false);
    showMarks();
    if (connected()) emitEvent("search_marked", found.toString());
  }

  function showMarks() {
    for (const button of document.querySelectorAll("#found [data-mark]")) {
      const isMarked = marks.includes(button.dataset.mark);
      if (button.getAttribute("aria-pressed") === String(isMarked)) continue;
      button.setAttribute("aria-pressed", String(isMarked));
      button.textContent = isMarked ? "已选入对照" : "选入对照";
    }
  }

  function move(step) {
    const all = hits();
    const next = all.indexOf(document.activeElement) + step;
    if (next < 0) box().focus();
    else if (all[next]) all[next].focus();
  }

  function clearOrLeave(event) {
    if (document.activeElement === box()) {
      if (box().value) { box().value = ""; ask(true); }
      else box().blur();
    } else if (document.activeElement?.closest("#found")) box().focus();
    else return;
    event.preventDefault();
  }

  document.addEventListener("input", (event) => {
    if (event.target.form === form() && event.target === box() && !event.isComposing) soon();
  });
  document.addEventListener("compositionend", (event) => { if (event.target === box()) soon(); });
  document.addEventListener("change", (event) => {
    if (form() && event.target.form === form() && event.target.name && event.target !== box()) ask(true);
  });
  document.addEventListener("submit", (event) => {
    if (event.target !== form() || !connected()) return;
    event.preventDefault();
    ask(true);
  });
  document.addEventListener("click", (event) => {
    const marked = event.target.closest("[data-mark]");
    if (marked) toggleMark(marked.dataset.mark);
    if (event.target.closest("[data-clear]")) {
      fill(new URLSearchParams({ q: box().value }));
      ask(true);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (!form() || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const isWriting = event.target.matches("input, textarea, select, [contenteditable]");
    if (isWriting && event.target !== box()) return;
    if (event.key === "/" && !isWriting) { box().focus(); box().select(); event.preventDefault(); }
    else if (event.key === "ArrowDown") { move(1); event.preventDefault(); }
    else if (event.key === "ArrowUp" && event.target !== box()) { move(-1); event.preventDefault(); }
    else if (event.key === "Escape") clearOrLeave(event);
    else if (event.key === "c" && !isWriting) {
      const item = document.activeElement?.closest("#found li[data-kind='incident']");
      if (item) toggleMark(item.dataset.id);
    }
  });
  window.addEventListener("popstate", () => {
    if (!form()) return;
    const found = new URLSearchParams(location.search);
    marks = found.getAll("mark").slice(-MOST_MARKS);
    fill(found);
    ask(false);
    showMarks();
  });

  new MutationObserver(() => {
    const answered = Number(document.getElementById("answered")?.dataset.serial || 0);
    if (answered >= serial) { clearTimeout(spinning); spin(false); }
    showMarks();
  }).observe(document.documentElement, { childList: true, subtree: true });
})();

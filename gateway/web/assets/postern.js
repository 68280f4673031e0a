// What is nicer with a script; every page works without it.
"use strict";

// A box that chooses all of a list: <input type="checkbox" data-all="name of the boxes">.
for (const all of document.querySelectorAll("input[data-all]")) {
  all.hidden = false;
  const boxes = () => all.form.querySelectorAll(`input[name="${CSS.escape(all.dataset.all)}"]`);
  all.addEventListener("change", () => boxes().forEach((box) => { box.checked = all.checked; }));
}

// What cannot be undone is asked about: <button data-ask="Delete 3 messages?">.
for (const button of document.querySelectorAll("button[data-ask]"))
  button.addEventListener("click", (event) => { if (!confirm(button.dataset.ask)) event.preventDefault(); });

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

// A list that keeps up with what comes: <button data-live="id of the list" hidden>.
for (const button of document.querySelectorAll("button[data-live]")) {
  const list = document.getElementById(button.dataset.live);
  let timer = 0;
  const look = async () => {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer.ok && !document.hidden) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(list.id);
        if (fresh && fresh.innerHTML !== list.innerHTML) list.replaceChildren(...fresh.childNodes);
      }
    } catch { /* the gateway restarts, perhaps: the next look tells */ }
    if (timer) timer = setTimeout(look, 3000);
  };
  button.hidden = false;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const on = !timer;
    clearTimeout(timer);
    timer = on ? setTimeout(look, 0) : 0;
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? "Keeps up to date: stop" : "Keep up to date";
  });
}

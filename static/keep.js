// Keeps what was typed where a page cannot be sent. Without a connection the browser would show its
// own error page; where it only thinks that it has one, what was typed waits in this tab.
"use strict";
(() => {
  const offline = document.querySelector("[data-offline]");
  const waiting = () => {
    try { return JSON.parse(sessionStorage.getItem("unsent")) || {}; } catch { return {}; }
  };
  const keep = (pages) => {
    try {
      if (pages) sessionStorage.setItem("unsent", JSON.stringify(pages));
      else sessionStorage.removeItem("unsent");
    } catch { /* It is full or forbidden: the page is sent all the same. */ }
  };
  if (!offline) return keep(null);  // Handed in, or withdrawn.
  const form = offline.closest("form");
  const inputs = [...form.elements].filter((one) => one.name && !/^(hidden|submit|file)$/.test(one.type));
  const isChoice = (one) => /^(radio|checkbox)$/.test(one.type);
  const state = () => Object.fromEntries(inputs.map((one) => (
    isChoice(one) ? [`${one.name}=${one.value}`, one.checked] : [one.name, one.value])));
  const isFresh = "fresh" in form.dataset;
  // Before a browser puts anything back by itself: what the server has of this page.
  const stored = JSON.stringify(state());
  const pages = waiting();
  const mine = pages[location.pathname];
  if (isFresh && mine) {
    delete pages[location.pathname];
    keep(pages);
    // The server never got what waits here: it shows what it showed before.
    if (!mine.stored || mine.stored === stored) {
      for (const one of inputs) {
        const typed = mine.typed[isChoice(one) ? `${one.name}=${one.value}` : one.name];
        if (typed === undefined) continue;
        if (isChoice(one)) one.checked = typed;
        else one.value = typed;
      }
      document.querySelector("[data-unsent]").hidden = JSON.stringify(state()) === stored;
    }
  }
  form.addEventListener("submit", (event) => {
    offline.hidden = navigator.onLine;
    if (!navigator.onLine) return event.preventDefault();
    keep({ ...waiting(), [location.pathname]: { stored: isFresh ? stored : "", typed: state() } });
  });
  addEventListener("online", () => { offline.hidden = true; });
})();

"use strict";
{
  const form = document.querySelector("form");
  if (form) {
    const status = form.querySelector("[role=status]");
    const plain = (text) => text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase();
    const changes = Array.from(document.querySelectorAll("article"), (article) => {
      const kind = article.closest("[data-kind]").dataset.kind;
      const section = article.closest("[data-scope]");
      const title = section.querySelector("h3").textContent;
      return {
        article, kind, scope: section.dataset.scope, action: article.dataset.action,
        cause: article.dataset.cause.split(" "), text: null, title,
      };
    });
    const sections = Array.from(document.querySelectorAll("[data-scope], [data-kind]"));
    const found = (change, words) => {
      change.text ??= plain(`${change.title} ${change.kind} ${change.article.textContent}`);
      return words.every((word) => change.text.includes(word));
    };
    const filter = () => {
      const wanted = Object.fromEntries(new FormData(form));
      const words = plain(wanted.words).split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const change of changes) {
        const fits = (!wanted.action || change.action === wanted.action)
          && (!wanted.kind || change.kind === wanted.kind)
          && (!wanted.scope || change.scope === wanted.scope)
          && (!wanted.cause || change.cause.includes(wanted.cause))
          && found(change, words);
        change.article.hidden = !fits;
        shown += fits;
      }
      for (const section of sections) {
        section.hidden = !section.querySelector("article:not([hidden])");
      }
      status.textContent = `${shown} of ${changes.length} changes`;
    };
    form.addEventListener("input", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(filter));
    form.hidden = false;
    filter(); // a page that is loaded again keeps what was typed
  }
}

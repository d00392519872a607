"use strict";
// Finds the entries that hold every word of the question. Case and accents do not count; `Quote.normal` is in quote.js.
(() => {
  const SHOWN = 60;
  const entries = JSON.parse(document.getElementById("entries").textContent)
    .map(([kind, title, link, category, words]) => ({
      kind, title, link, category, words,
      held: ` ${Quote.normal([title, category, words].join(" "))} `,
    }));
  const input = document.getElementById("q");
  const list = document.getElementById("found");
  const count = document.getElementById("count");

  /** The best first: what has the words in its title, then elements before what belongs to them. */
  function found(question) {
    const words = Quote.normal(question).split(" ").filter(Boolean);
    if (!words.length) return [];
    const weight = (entry) => (words.every((word) => Quote.normal(entry.title).includes(word)) ? 0 : 2)
      + (entry.kind === "Element" ? 0 : 1);
    return entries
      .filter((entry) => words.every((word) => entry.held.includes(word)))
      .map((entry, at) => [weight(entry), at, entry])
      .sort((one, other) => one[0] - other[0] || one[1] - other[1])
      .map(([, , entry]) => entry);
  }

  function shown(entry) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = entry.link;
    link.textContent = entry.title;
    link.lang = "es";
    const about = document.createElement("p");
    const words = document.createElement("bdi");
    words.lang = "es";
    words.textContent = entry.words.length > 160 ? `${entry.words.slice(0, 160)}…` : entry.words;
    about.append([entry.kind, entry.category].filter(Boolean).join(" · "), " — ", words);
    item.append(link, about);
    return item;
  }

  function search() {
    const hits = found(input.value);
    list.replaceChildren(...hits.slice(0, SHOWN).map(shown));
    if (!Quote.normal(input.value)) count.textContent = "";
    else if (!hits.length) count.textContent = "Nothing found.";
    else count.textContent = `${hits.length} found${hits.length > SHOWN ? `, the first ${SHOWN} shown` : ""}.`;
  }

  input.value = new URLSearchParams(location.search).get("q") ?? "";
  input.addEventListener("input", search);
  input.form.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
  search();
})();

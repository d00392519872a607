"use strict";
// The form: reads what is picked and written, asks quote.js, and shows the answer. Text only ever becomes text.
(() => {
  const tariff = Quote.tariff(JSON.parse(document.getElementById("tariff").textContent));
  const form = document.getElementById("form");
  const text = document.getElementById("text");
  const filter = document.getElementById("filter");
  const answer = document.getElementById("answer");
  const said = document.getElementById("said");
  const rows = [...document.getElementById("pick").children].map((row) => ({
    row, input: row.querySelector("input"), held: Quote.normal(row.textContent),
  }));

  /** An element of the page with content: texts, elements, lists of them; nothing of it is read as HTML. */
  function made(tag, content, attributes = {}) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...[content].flat(Infinity).filter((one) => one !== null && one !== ""));
    return element;
  }

  const spanish = (words, tag = "bdi") => made(tag, words, { lang: "es" });
  const code = (words) => made("code", words);
  const pick = (word) => made("li", [code(word), " ", spanish(tariff.elements.get(word)?.name ?? "")]);
  const list = (items) => made("ul", items, { class: "list" });

  function part(title, items) {
    return items.length ? [made("h3", title), list(items)] : [];
  }

  /** `1,410.00 €`, from the text of a number. */
  function money(price) {
    const [whole, cents] = Number(price).toFixed(2).split(".");
    return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${cents} €`;
  }

  function offered({ tier, name, price, project }) {
    const needs = { true: "needs a project", false: "no project" }[String(project)] ?? "nobody says whether it needs a project";
    return [made("p", [code(tier), " ", spanish(name)]), made("p", money(price), { class: "price-tag" }), made("p", needs)];
  }

  function asking({ word, text: question, candidates }) {
    const choices = candidates.map((candidate) => {
      const button = made("button", [candidate], { type: "button" });
      button.addEventListener("click", () => choose(word, candidate));
      return made("li", [button, " ", spanish(tariff.elements.get(candidate).name)]);
    });
    return [made("h3", spanish(question)), list(choices)];
  }

  /** Pick one of the candidates in the place of the base that was asked about. */
  function choose(word, candidate) {
    const base = rows.find(({ input }) => input.name === word && input.value);
    const chosen = rows.find(({ input }) => input.name === candidate).input;
    chosen.value = Math.max(Number(chosen.value), Number(base?.input.value || 1), 1);
    if (base) base.input.value = "";
    show();
    chosen.focus();
  }

  const shownWarning = (one) => made("li", [
    made("span", one.severity, { class: "tag" }), " ", code(one.code), ": ", spanish(one.message),
    made("p", ["Because ", made("bdi", one.why), "."], { class: "by" }),
  ], { class: ["error", "warning", "info"].includes(one.severity) ? one.severity : "" });

  const shownField = (one) => made("li", [
    spanish(one.label), ` (${one.type}${one.required ? ", required" : ""}) `, code(`${one.owner}/${one.name}`),
    one.options.length ? [made("br", []), spanish(one.options.join(" / "))] : "",
    one.condition ? made("p", spanish(Quote.condition(one.condition)), { class: "by" }) : "",
  ]);

  const shownImage = (one) => made("li", [
    spanish(one.title), " ", code(one.owner), one.instruction ? made("p", spanish(one.instruction), { class: "by" }) : "",
  ]);

  function withPapers({ documents, images, fields, services }) {
    const send = images.filter((image) => image.type === "required_document");
    return [
      part("Documents", documents.map((one) =>
        made("li", [spanish(one.title), one.mandatory ? "" : " (optional)", made("p", spanish(one.description), { class: "by" })]))),
      part("Pictures to send", send.map(shownImage)),
      part("Fields to fill in", fields.map(shownField)),
      part("Services on offer", services.map((one) => made("li", [spanish(one.name), ` · ${money(one.price)}`]))),
    ];
  }

  const unknownWord = ({ word, near, retired }) => made("li", retired ? [code(word), " is not in use any more."] : [
    "Nothing is called ", made("bdi", `“${word}”`),
    near.length ? [". Nearly so: ", near.map((one, at) => [at ? ", " : "", code(one)])] : ".",
  ]);

  /** Words of a text that gave nothing, where others gave something: an offer without them may be too low. */
  const stray = ({ unknown, left }) => left
    .filter((word) => !unknown.some((one) => one.word === word))
    .map((word) => ({ word, near: Quote.near(tariff, word), retired: false }));

  /** The answer in a few words, for who hears the page. */
  function summary(found) {
    if (found.offer) return `${found.offer.tier}, ${money(found.offer.price)}`;
    if (found.questions.length) return `Question: ${found.questions[0].text}`;
    return found.refusals.length ? "No tier covers this." : "";
  }

  function shown(found, request) {
    if (!found.items.length && !found.questions.length && !found.unknown.length) {
      return made("p", request.text.trim() ? "No element is meant by this text." : "Pick elements, or write what the customer wrote.");
    }
    const items = found.items.map(({ word, quantity }) => {
      const item = pick(word);
      item.prepend(quantity > 1 ? `${quantity} × ` : "");
      return item;
    });
    const open = found.questions.length || found.unknown.length;
    const refused = found.refusals.map(({ tier, reason }) => made("li", [code(tier), ": ", made("bdi", Quote.sentence(reason))]));
    return made("div", [
      found.offer ? offered(found.offer) : open ? made("p", "There is no price yet.") : made("p", "No tier covers this."),
      part("Not understood", [...found.unknown, ...stray(found)].map(unknownWord)),
      found.questions.map(asking),
      part("Asked for", items),
      part("Warnings", found.warnings.map(shownWarning)),
      found.offer ? withPapers(found.papers) : [],
      part(found.offer ? "Tiers that do not cover it" : "Why not", refused),
      part("Other tiers that cover it", found.others.map((one) => made("li", [code(one.tier), ` · ${money(one.price)}: ${one.why}`]))),
    ]);
  }

  function show() {
    const items = rows
      .map(({ input }) => ({ word: input.name, quantity: Math.min(Math.trunc(Number(input.value)), Number(input.max)) }))
      .filter(({ quantity }) => quantity >= 1);
    const request = { items, text: text.value };
    const found = Quote.answer(tariff, request);
    if (said.textContent !== summary(found)) said.textContent = summary(found);
    answer.replaceChildren(shown(found, request));
  }

  function narrow() {
    const words = Quote.normal(filter.value).split(" ").filter(Boolean);
    for (const { row, input, held } of rows) row.hidden = !input.value && !words.every((word) => held.includes(word));
  }

  form.addEventListener("input", (event) => (event.target === filter ? narrow() : show()));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { narrow(); show(); }));
  show();
})();

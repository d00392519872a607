"use strict";
// What a tariff answers to a request: the same as `pipeline quote`, in the same order, for pages that work offline.
// The rooms of the Python original have the same names here: words, asked, covering, warnings, papers, quote.
// Texts are compared by code points, as Python does. No page, no network: `Quote.answer(Quote.tariff(data), request)`.
const Quote = (() => {
  // ---- words: customers' words -> phrases of the catalogue -------------------------------------------------------

  const CHEROKEE = /[\u13a0-\u13fd\uab70-\uabbf]/u; // the one script that is folded to capitals

  /** One character without case: by way of upper case, so that ß is ss; a single Σ never becomes a final ς. */
  function folded(character) {
    if (character === "ı") return character;
    if (CHEROKEE.test(character)) return character.toUpperCase();
    let lower = "";
    for (const one of character.toLowerCase().toUpperCase()) lower += one.toLowerCase();
    return lower;
  }

  /** The words of a text as they compare, joined by blanks: without case and accents; all but letters and digits is blank. */
  function normal(text) {
    const bare = text.normalize("NFKD").replace(/\p{M}/gu, "");
    let said = "";
    for (const character of bare) said += folded(character);
    return said.replace(/[^\p{L}\p{N}]/gu, " ").split(" ").filter(Boolean).join(" ");
  }

  const wordsOf = (text) => normal(text).split(" ").filter(Boolean);

  /** The order of texts by code points; that of UTF-16 differs beyond the first plane. */
  function compare(one, other) {
    const [a, b] = [[...one], [...other]];
    for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
      if (a[at] !== b[at]) return a[at].codePointAt(0) - b[at].codePointAt(0);
    }
    return a.length - b.length;
  }

  function spoken(element) {
    const parts = element.name.includes("/") ? element.name.split("/") : [];
    return [element.code.replaceAll("_", " "), element.name, ...parts, ...element.keywords, ...element.aliases];
  }

  /** By phrase the codes of what it is spoken of, sorted. */
  function collected(pairs) {
    const found = new Map();
    for (const [code, texts] of pairs) {
      for (const text of texts) {
        const phrase = normal(text);
        if (!phrase) continue;
        if (!found.has(phrase)) found.set(phrase, new Set());
        found.get(phrase).add(code);
      }
    }
    return new Map([...found].map(([phrase, codes]) => [phrase, [...codes].sort(compare)]));
  }

  function vocabulary(elements) {
    const all = [...elements.values()];
    const phrases = collected(all.map((one) => [one.code, spoken(one)]));
    const multiple = collected(all.filter((one) => one.variants.length).map((one) => [one.code, one.multiple]));
    const byLength = new Map();
    for (const phrase of [...phrases.keys(), ...multiple.keys()]) {
      const length = phrase.split(" ").length;
      if (!byLength.has(length)) byLength.set(length, new Set());
      byLength.get(length).add(phrase);
    }
    return { phrases, multiple, byLength: [...byLength].sort((one, other) => other[0] - one[0]) };
  }

  /** The phrase that these words are as a whole; null where they are none. */
  function match(known, words, quantity) {
    const phrase = words.join(" ");
    const elements = known.phrases.get(phrase) ?? [];
    const multiple = known.multiple.get(phrase) ?? [];
    return elements.length || multiple.length ? { words, elements, multiple, quantity } : null;
  }

  /** The phrases of a text: the longest first, then from left to right, each word used once; and the words left. */
  function find(tariff, text) {
    const { vocabulary: known, stop } = tariff;
    const words = wordsOf(text);
    const used = words.map(() => false);
    const starts = [];
    for (const [length, phrases] of known.byLength) {
      for (let start = 0; start + length <= words.length; start += 1) {
        const end = start + length;
        if (phrases.has(words.slice(start, end).join(" ")) && !used.slice(start, end).includes(true)) {
          starts.push([start, end]);
          used.fill(true, start, end);
        }
      }
    }
    const matches = [];
    for (const [start, end] of starts.sort((one, other) => one[0] - other[0])) {
      const quantity = start && !used[start - 1] ? quantityOf(words[start - 1], tariff.mostDigits) : null;
      if (quantity !== null) used[start - 1] = true;
      matches.push(match(known, words.slice(start, end), quantity));
    }
    const left = words.filter((word, at) => !used[at] && !stop.has(word));
    return { matches, left: [...new Set(left)] };
  }

  const quantityOf = (word, mostDigits) =>
    /^[0-9]+$/.test(word) && word.length <= mostDigits ? Number(word) || null : null;

  /** Codes of the elements with phrases that are nearly the word, nearest first. */
  function near(tariff, word) {
    const sought = [...normal([...word].slice(0, 200).join(""))];
    const close = [...tariff.vocabulary.phrases.keys()]
      .map((phrase) => [likeness([...phrase], sought), phrase])
      .filter(([ratio]) => ratio >= 0.6)
      .sort((one, other) => other[0] - one[0] || compare(other[1], one[1]))
      .slice(0, tariff.near);
    const codes = close.flatMap(([, phrase]) => tariff.vocabulary.phrases.get(phrase));
    return [...new Set(codes)].slice(0, tariff.near);
  }

  /** How alike two texts are, from 0 to 1, as Python's difflib measures it: by the longest runs that they share. */
  function likeness(a, b) {
    const length = a.length + b.length;
    if (2 * Math.min(a.length, b.length) < 0.6 * length) return 0; // cannot become 0.6, so nobody asks
    const places = new Map();
    b.forEach((character, at) => places.set(character, [...(places.get(character) ?? []), at]));
    if (b.length >= 200) {
      const most = Math.floor(b.length / 100) + 1;
      for (const [character, found] of places) if (found.length > most) places.delete(character);
    }
    let shared = 0;
    const waiting = [[0, a.length, 0, b.length]];
    while (waiting.length) {
      const [aFrom, aTo, bFrom, bTo] = waiting.pop();
      const [i, j, size] = longest(a, b, places, aFrom, aTo, bFrom, bTo);
      if (!size) continue;
      shared += size;
      waiting.push([aFrom, i, bFrom, j], [i + size, aTo, j + size, bTo]);
    }
    return length ? (2 * shared) / length : 1;
  }

  function longest(a, b, places, aFrom, aTo, bFrom, bTo) {
    let [bestI, bestJ, size] = [aFrom, bFrom, 0];
    let before = new Map();
    for (let i = aFrom; i < aTo; i += 1) {
      const here = new Map();
      for (const j of places.get(a[i]) ?? []) {
        if (j < bFrom) continue;
        if (j >= bTo) break;
        const run = (before.get(j - 1) ?? 0) + 1;
        here.set(j, run);
        if (run > size) [bestI, bestJ, size] = [i - run + 1, j - run + 1, run];
      }
      before = here;
    }
    while (bestI > aFrom && bestJ > bFrom && a[bestI - 1] === b[bestJ - 1]) {
      [bestI, bestJ, size] = [bestI - 1, bestJ - 1, size + 1];
    }
    while (bestI + size < aTo && bestJ + size < bTo && a[bestI + size] === b[bestJ + size]) size += 1;
    return [bestI, bestJ, size];
  }

  // ---- the tariff --------------------------------------------------------------------------------------------------

  /** The tariff that the data of a page describe (`site/tariff.py`), ready to be asked. */
  function tariff(data) {
    const elements = new Map(records(data.elements).map((one) => [one.code, one]));
    return {
      ...data,
      elements,
      tiers: data.tiers.map((tier) => ({ ...tier, included: new Map(Object.entries(tier.included)) })),
      warnings: records(data.warnings).map((one) => ({ ...one, keywords: new Map(one.keywords) })),
      documents: records(data.documents),
      services: records(data.services),
      images: grouped(data.images),
      fields: grouped(data.fields),
      stop: new Set(data.stop),
      vocabulary: vocabulary(elements),
      speech: new Map([...elements.values()].map((one) => [one.code, searchable(spoken(one))])),
    };
  }

  const records = ({ columns, rows }) =>
    rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));

  function grouped(table) {
    const found = new Map();
    for (const { owner, ...rest } of records(table)) found.set(owner, [...(found.get(owner) ?? []), rest]);
    return found;
  }

  /** The element and those above it whose data it inherits, nearest first. */
  function lineage(tariff, code) {
    const found = [code];
    let element = tariff.elements.get(code);
    while (element.inherits && element.parent !== null && !found.includes(element.parent)) {
      found.push(element.parent);
      element = tariff.elements.get(element.parent);
    }
    return found;
  }

  /** All elements that this one is a variant of, directly or not, nearest first. */
  function above(tariff, code) {
    const found = [];
    let step = tariff.elements.get(code).parent;
    while (step !== null && step !== code && !found.includes(step)) {
      found.push(step);
      step = tariff.elements.get(step).parent;
    }
    return found;
  }

  const isBase = (element) => element.variants.length > 0 && element.parent === null;

  // ---- asked: what a request is about, and what has to be asked first ----------------------------------------------

  function asked(tariff, request) {
    const found = { quantities: new Map(), questions: [], unknown: [], understood: [], left: [] };
    const items = [];
    const nothing = (word) => ({ word, near: near(tariff, word), retired: false });
    for (const { word, quantity } of request.items) {
      if (!tariff.elements.has(word) && tariff.retired.includes(word)) {
        found.unknown.push({ word, near: [], retired: true });
        continue;
      }
      const known = tariff.elements.has(word)
        ? { words: [word], elements: [word], multiple: [], quantity }
        : match(tariff.vocabulary, wordsOf(word), quantity);
      if (known) items.push(known);
      else found.unknown.push(nothing(word));
    }
    const text = request.text ? find(tariff, request.text) : { matches: [], left: [] };
    const codes = [...items, ...text.matches].flatMap((one) => one.elements);
    const mentioned = new Set([...codes, ...codes.flatMap((code) => above(tariff, code))]);
    const said = items.map((one) => meaning(tariff, one, mentioned));
    const written = text.matches.map((one) => meaning(tariff, one, mentioned));
    const idle = written.filter((one) => !one.codes.length).flatMap((one) => one.match.words);
    found.left = [...new Set([...idle, ...text.left])];
    const meanings = [...said, ...written].filter((one) => one.codes.length);
    found.understood = meanings.map((one) => ({ words: one.match.words.join(" "), codes: one.codes }));
    count(tariff, said, written, found);
    if (request.text && !request.items.length && !meanings.length) {
      found.unknown.push(...found.left.map(nothing));
    }
    return found;
  }

  /** What a match means beside the others: elements all together, or one of them that is still to be chosen. */
  function meaning(tariff, match, mentioned) {
    let bases = match.multiple.filter((code) => mentioned.has(code));
    if (!bases.length && !match.elements.length && match.words.length > 1) {
      bases = match.multiple;
      if (bases.length > 1) return { match, codes: bases, bases: [], open: true };
    }
    if (bases.length) {
      return { match, codes: bases.flatMap((base) => tariff.elements.get(base).variants), bases, open: false };
    }
    const root = match.elements.filter((one) =>
      match.elements.every((code) => one === code || above(tariff, code).includes(one)));
    const codes = root.length ? root.slice(0, 1) : match.elements;
    return { match, codes, bases: [], open: match.elements.length > 0 && !root.length };
  }

  function count(tariff, said, written, found) {
    const counted = new Map();
    for (const [at, one] of [...said, ...written].entries()) {
      const number = one.match.quantity || 1;
      if (one.open) {
        const words = one.match.words.join(" ");
        found.questions.push({ word: words, text: `Which of these does "${words}" mean?`, candidates: one.codes });
        continue;
      }
      for (const code of one.codes) {
        const known = counted.get(code) ?? 0;
        counted.set(code, at < said.length ? known + number : Math.max(known, number));
      }
    }
    const chosen = new Set([...said, ...written].flatMap((one) => one.bases));
    const depth = (code) => above(tariff, code).length;
    for (const base of [...chosen].sort((one, other) => depth(one) - depth(other) || compare(one, other))) {
      if (!counted.has(base)) continue;
      for (const code of tariff.elements.get(base).variants) {
        counted.set(code, Math.max(counted.get(code), counted.get(base)));
      }
    }
    const named = new Set(said.flatMap((one) => one.codes));
    const over = new Set([...counted.keys()].flatMap((code) => above(tariff, code)));
    for (const code of [...counted.keys()]) {
      const base = tariff.elements.get(code);
      if (!isBase(base)) continue;
      counted.delete(code);
      if (!chosen.has(code) && (named.has(code) || !over.has(code))) {
        const text = base.question || `Which variant of ${base.name} is it?`;
        found.questions.push({ word: code, text, candidates: base.variants });
      }
    }
    found.quantities = counted;
  }

  // ---- covering: whether a tier covers a request, and the first reason why not -------------------------------------

  const why = (kind, about, number = 0, limit = 0) => ({ kind, about, number, limit });

  function reason(tier, quantities) {
    return ofElements(tier, quantities) ?? ofUnits(tier, quantities) ?? ofRules(tier, quantities);
  }

  function ofElements(tier, quantities) {
    const codes = [...quantities.keys()].sort(compare);
    for (const code of codes) if (!tier.included.has(code)) return why("not-included", code);
    for (const code of codes) {
      const [minimum, maximum] = tier.included.get(code);
      const number = quantities.get(code);
      if (minimum !== null && number < minimum) return why("quantity-below", code, number, minimum);
      if (maximum !== null && number > maximum) return why("quantity-above", code, number, maximum);
    }
    return null;
  }

  const unitsOf = (quantities) => [...quantities.values()].reduce((sum, number) => sum + number, 0);

  function ofUnits(tier, quantities) {
    const units = unitsOf(quantities);
    if (tier.minimum !== null && units < tier.minimum) return why("too-few", "", units, tier.minimum);
    if (tier.maximum !== null && units > tier.maximum) return why("too-many", "", units, tier.maximum);
    return null;
  }

  function ofRules(tier, quantities) {
    for (const code of tier.must_include) if (!quantities.has(code)) return why("must-include", code);
    const units = unitsOf(quantities);
    if (tier.most !== null && units > tier.most) return why("rules-too-many", "", units, tier.most);
    for (const [name, minimum, maximum] of tier.groups) {
      let held = 0;
      for (const [code, number] of quantities) if (tier.included.get(code)[2].includes(name)) held += number;
      if (minimum !== null && held < minimum) return why("group-below", name, held, minimum);
      if (maximum !== null && held > maximum) return why("group-above", name, held, maximum);
    }
    return null;
  }

  /** The reason for people, without the tier's name. */
  function sentence({ kind, about, number, limit }) {
    const most = limit ? `at most ${limit}` : "none";
    const elements = number === 1 ? "1 element is" : `${number} elements are`;
    switch (kind) {
      case "not-included": return `it does not include ${about}`;
      case "quantity-below": return `${number} of ${about} are too few: it takes ${limit} or more`;
      case "quantity-above": return `${number} of ${about} are too many: it takes ${most}`;
      case "too-few": return `${elements} too few: it takes ${limit} or more`;
      case "must-include": return `it applies only with ${about}`;
      case "group-below": return `${number} of the group ${about} are too few: it takes ${limit} or more`;
      case "group-above": return `${number} of the group ${about} are too many: it takes ${most}`;
      default: return `${elements} too many: it takes ${most}`;
    }
  }

  // ---- warnings that apply, each with why --------------------------------------------------------------------------

  const searchable = (texts) => texts.map((text) => ` ${normal(text)} `).join("\n");

  function warned(tariff, quantities, tier, said) {
    const severities = ["error", "warning", "info"];
    const place = ({ severity }) => (severities.includes(severity) ? severities.indexOf(severity) : severities.length);
    const written = searchable([said]);
    const found = new Map();
    for (const [number, because] of relevant(tariff, quantities, tier)) {
      const { code, severity, message, keywords } = tariff.warnings[number];
      const trigger = triggered(tariff, keywords, quantities, written);
      if (trigger === null || found.has(code)) continue;
      found.set(code, { code, severity, message, why: trigger ? `${because}, and ${trigger}` : because });
    }
    return [...found.values()].sort((one, other) => place(one) - place(other) || compare(one.code, other.code));
  }

  function* relevant(tariff, quantities, tier) {
    for (const [code, number] of quantities) {
      for (const owner of lineage(tariff, code)) {
        for (const [warning, condition, threshold] of tariff.of_element[owner] ?? []) {
          const shown = shows(condition, threshold, number, tier, code);
          if (shown !== null) yield [warning, owner === code ? shown : `${shown}, a variant of ${owner}`];
        }
      }
    }
    for (const warning of tariff.of_category) yield [warning, `it is about all of ${tariff.category}`];
    for (const warning of tariff.of_tier[tier.code] ?? []) yield [warning, `it is about tier ${tier.code}`];
  }

  /** Why a warning is shown for so many of an element; null where it is not. */
  function shows(condition, threshold, number, tier, code) {
    const [minimum, maximum] = tier.included.get(code);
    if (condition === "on_exceed_max") {
      const limit = threshold ?? maximum;
      return limit !== null && number > limit ? `${number} of ${code} are more than ${limit}` : null;
    }
    if (condition === "on_below_min") {
      const limit = threshold ?? minimum;
      return limit !== null && number < limit ? `${number} of ${code} are fewer than ${limit}` : null;
    }
    return `${code} is asked for`;
  }

  /** By what keyword a warning is brought up; empty where it needs none, null where none occurs. */
  function triggered(tariff, keywords, quantities, written) {
    if (!keywords.size) return "";
    for (const [form, keyword] of keywords) {
      if (form && written.includes(` ${form} `)) return `the text says "${keyword}"`;
    }
    for (const [form, keyword] of keywords) {
      for (const code of quantities.keys()) {
        if (form && tariff.speech.get(code).includes(` ${form} `)) return `"${keyword}" is said of ${code}`;
      }
    }
    return null;
  }

  // ---- papers: documents, pictures, fields, services ---------------------------------------------------------------

  function papers(tariff, quantities) {
    const images = [];
    const fields = [];
    for (const element of quantities.keys()) {
      const seen = new Set();
      for (const owner of lineage(tariff, element)) {
        for (const image of tariff.images.get(owner) ?? []) images.push({ element, owner, ...image });
        const own = tariff.fields.get(owner) ?? [];
        for (const field of own) if (!seen.has(field.name)) fields.push({ element, owner, ...field });
        for (const { name } of own) seen.add(name);
      }
    }
    return { documents: tariff.documents, images, fields, services: tariff.services };
  }

  /** On what a field depends, in words. */
  function condition({ label, operator, value }) {
    return `only if "${label}" ${operator.replaceAll("_", " ")}${value ? ` "${value}"` : ""}`;
  }

  // ---- quote -------------------------------------------------------------------------------------------------------

  /** The answer to `{items: [{word, quantity}], text}`: the fields of Python's Quote, by the same names. */
  function answer(tariff, request) {
    const { quantities, questions, unknown, understood, left } = asked(tariff, request);
    const found = {
      items: [...quantities].map(([word, quantity]) => ({ word, quantity })),
      offer: null,
      warnings: [],
      papers: { documents: [], images: [], fields: [], services: [] },
      questions, unknown, refusals: [], others: [], understood, left,
    };
    if (!quantities.size || questions.length || unknown.length) return found;
    const reasons = new Map(tariff.tiers.map((tier) => [tier, reason(tier, quantities)]));
    for (const [tier, why] of reasons) if (why) found.refusals.push({ tier: tier.code, reason: why });
    const [best, ...others] = tariff.tiers
      .filter((tier) => !reasons.get(tier))
      .sort((one, other) => one.preference - other.preference);
    if (!best) return found;
    found.offer = { tier: best.code, name: best.name, price: best.price, project: best.project };
    found.warnings = warned(tariff, quantities, best, request.text);
    found.papers = papers(tariff, quantities);
    found.others = others.map((other) => ({ tier: other.code, price: other.price, why: preferred(best, other) }));
    return found;
  }

  /** Why the first of two covering tiers is offered and not the second. */
  function preferred(best, other) {
    if (other.level > best.level) return `${best.code} is cheaper`;
    const by = other.sort_order > best.sort_order ? "in the list" : "by its code";
    return `${best.code} costs the same and comes first ${by}`;
  }

  return { normal, tariff, answer, near, sentence, condition };
})();

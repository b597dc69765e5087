"use strict";
const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
const find = (selector) => document.querySelector(selector);
const views = all("main > svg");
const side = find("aside");
const search = find("input[type=search]");
let view = views.find((svg) => !svg.hasAttribute("hidden"));
let chosen = "";

// --- zoom: the part of the drawing that is shown is its viewBox

const whole = (svg) => svg.dataset.box.split(" ").map(Number);
const shown = (svg) => svg.getAttribute("viewBox").split(" ").map(Number);
const show = (svg, box) => svg.setAttribute("viewBox", box.map((number) => Math.round(number * 10) / 10).join(" "));

function pointIn(svg, x, y) {
  return new DOMPoint(x, y).matrixTransform(svg.getScreenCTM().inverse());
}

function zoom(factor, x, y) {
  const [left, top, width, height] = shown(view);
  const limit = whole(view)[2];
  const wider = Math.min(Math.max(width / factor, 120), limit * 4);
  const scale = wider / width;
  const place = view.getBoundingClientRect();
  const at = pointIn(view, x ?? place.left + place.width / 2, y ?? place.top + place.height / 2);
  show(view, [at.x - (at.x - left) * scale, at.y - (at.y - top) * scale, wider, height * scale]);
}

function fit() {
  const cards = all(".card:not(.off)", view);
  if (cards.length === all(".card", view).length || !cards.length) return show(view, whole(view));
  around(cards);
}

function around(cards) {
  const boxes = cards.map((card) => {
    const [x, y] = card.dataset.at.split(" ").map(Number);
    const { width, height } = card.querySelector("rect").getBBox();
    return [x, y, x + width, y + height];
  });
  const low = [0, 1].map((side) => Math.min(...boxes.map((box) => box[side])) - 60);
  const high = [2, 3].map((side) => Math.max(...boxes.map((box) => box[side])) + 60);
  show(view, [low[0], low[1], high[0] - low[0], high[1] - low[1]]);
}

const fingers = new Map();
let moved = 0;

function onMove(event) {
  if (!fingers.has(event.pointerId)) return;
  const before = fingers.get(event.pointerId);
  const other = [...fingers.entries()].find(([id]) => id !== event.pointerId)?.[1];
  if (other) {
    const length = (point) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
    zoom(length({ x: event.clientX, y: event.clientY }) / length(before), other.x, other.y);
  } else {
    const from = pointIn(view, before.x, before.y), to = pointIn(view, event.clientX, event.clientY);
    const [left, top, width, height] = shown(view);
    show(view, [left + from.x - to.x, top + from.y - to.y, width, height]);
  }
  moved += Math.abs(event.clientX - before.x) + Math.abs(event.clientY - before.y);
  fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
}

function release(event) {
  fingers.delete(event.pointerId);
  view.classList.toggle("held", fingers.size > 0);
}

for (const svg of views) {
  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), event.clientX, event.clientY);
  }, { passive: false });
  svg.addEventListener("pointerdown", (event) => {
    moved = 0;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    view.classList.add("held");
  });
  svg.addEventListener("click", (event) => {
    if (moved < 6) choose(event.target.closest(".card")?.dataset.id ?? "");
  });
  svg.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.dataset.id) choose(event.target.dataset.id);
  });
}
addEventListener("pointermove", onMove);
addEventListener("pointerup", release);
addEventListener("pointercancel", release);

// --- what is shown: filters, what was searched for, what was chosen

function update() {
  const wanted = {};
  for (const box of all("details input")) if (box.checked) (wanted[box.name] ??= new Set()).add(box.value);
  const word = search.value.trim().toLowerCase();
  for (const svg of views) {
    const cards = all(".card", svg);
    const lit = new Set();
    for (const arrow of all(".arrow", svg)) {
      const ends = [arrow.dataset.from, arrow.dataset.to];
      arrow.classList.toggle("lit", chosen !== "" && ends.includes(chosen));
      if (ends.includes(chosen)) ends.forEach((end) => lit.add(end));
    }
    const off = new Set(), faint = new Set();
    for (const card of cards) {
      const { id, kind, namespace, name } = card.dataset;
      if (!wanted.kind?.has(kind) || !wanted.namespace?.has(namespace)) off.add(id);
      const isMeant = chosen && svg === view ? id === chosen || lit.has(id) : !word || `${kind} ${name}`.toLowerCase().includes(word);
      if (!isMeant) faint.add(id);
      card.classList.toggle("off", off.has(id));
      card.classList.toggle("dim", faint.has(id));
      card.classList.toggle("chosen", id === chosen);
    }
    for (const arrow of all("[data-from]", svg)) {
      const ends = [arrow.dataset.from, arrow.dataset.to];
      arrow.classList.toggle("off", ends.some((end) => off.has(end)));
      arrow.classList.toggle("dim", chosen && svg === view ? !ends.includes(chosen) : ends.some((end) => faint.has(end)));
    }
    const full = new Set(cards.filter((card) => !off.has(card.dataset.id)).flatMap((card) => card.dataset.boxes.split(" ")));
    for (const box of all(".box", svg)) box.classList.toggle("off", !full.has(box.dataset.box));
  }
  for (const details of all("details")) {
    const boxes = all("input", details), on = boxes.filter((box) => box.checked).length;
    details.querySelector("summary").firstChild.data = details.dataset.title + (on < boxes.length ? ` ${on}/${boxes.length}` : "");
  }
}

function choose(id) {
  chosen = view.querySelector(`.card[data-id="${id}"]`) ? id : "";
  describe();
  update();
}

function describe() {
  side.replaceChildren();
  side.hidden = !chosen;
  if (!chosen) return;
  const { kind, name, namespace } = view.querySelector(`.card[data-id="${chosen}"]`).dataset;
  const title = document.createElement("h2"), where = document.createElement("p");
  title.textContent = name;
  where.textContent = namespace ? `${kind} in ${namespace}` : kind;
  side.append(title, where);
  const arrows = all(".arrow", view);
  list(view.dataset.out, arrows.filter((arrow) => arrow.dataset.from === chosen), "to");
  list(view.dataset.in, arrows.filter((arrow) => arrow.dataset.to === chosen), "from");
}

function list(title, arrows, end) {
  if (!arrows.length) return;
  const head = document.createElement("h3"), rows = document.createElement("ul");
  head.textContent = title;
  for (const arrow of arrows) {
    const { kind, name } = view.querySelector(`.card[data-id="${arrow.dataset[end]}"]`).dataset;
    const row = document.createElement("li"), button = document.createElement("button"), how = document.createElement("small");
    how.textContent = arrow.querySelector("title").textContent;
    how.className = arrow.classList.contains("refused") ? "bad" : "";
    button.append(`${kind} ${name}`, document.createElement("br"), how);
    button.addEventListener("click", () => choose(arrow.dataset[end]));
    row.append(button);
    rows.append(row);
  }
  side.append(head, rows);
}

function turnTo(id) {
  view = find(`#${id}`);
  for (const svg of views) svg.toggleAttribute("hidden", svg !== view);
  for (const button of all("[data-view]")) button.setAttribute("aria-pressed", button.dataset.view === id);
  choose(chosen);
}

for (const button of all("[data-view]")) button.addEventListener("click", () => turnTo(button.dataset.view));
for (const box of all("details input")) box.addEventListener("change", update);
for (const button of all("[data-all]")) {
  button.addEventListener("click", () => {
    for (const box of all("input", button.closest("details"))) box.checked = button.dataset.all === "yes";
    update();
  });
}
search.addEventListener("input", () => { chosen = ""; describe(); update(); });
search.addEventListener("keydown", (event) => {
  const found = all(".card:not(.off):not(.dim)", view);
  if (event.key === "Enter" && found.length) around(found);
});
find("[data-zoom=in]").addEventListener("click", () => zoom(1.4));
find("[data-zoom=out]").addEventListener("click", () => zoom(1 / 1.4));
find("[data-zoom=fit]").addEventListener("click", fit);
addEventListener("click", (event) => {
  for (const details of all("details[open]")) if (!details.contains(event.target)) details.open = false;
});
addEventListener("keydown", (event) => {
  if (event.target === search || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") choose("");
  else if (event.key === "+" || event.key === "=") zoom(1.4);
  else if (event.key === "-") zoom(1 / 1.4);
  else if (event.key === "0") fit();
  else if (event.key === "/") { event.preventDefault(); search.focus(); }
});
for (const card of all(".card[data-id]")) card.setAttribute("tabindex", "0");
update();

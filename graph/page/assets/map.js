/* The map view: visible employers by city, a circle's area growing with their number. */

const MAP_NAMES_AT_MOST = 26;
const MAP_LIST_AT_MOST = 80;

/** Visible employers and postings of each city, and the cluster that has most of them. */
function mapPlaces() {
  const places = new Map();
  for (const edge of edges) {
    if (edge.relation.key !== "HIRES_IN") continue;
    const [employer, city] = [nodes[edge.start], nodes[edge.end]];
    const passes = employer.kind === "employer" && passesAsEmployer(employer) && edge.count >= state.least;
    if (!passes || city.kind !== "city" || !city.place || !isInArea(city)) continue;
    if (!places.has(city.index)) places.set(city.index, { city, employers: 0, postings: 0, slots: new Map() });
    const place = places.get(city.index);
    place.employers += 1;
    place.postings += edge.count;
    const slot = clusterSlot(employer);
    place.slots.set(slot, (place.slots.get(slot) || 0) + 1);
  }
  return [...places.values()]
    .map((place) => ({ ...place, color: slotColor([...place.slots].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0][0]) }))
    .sort((a, b) => b.employers - a.employers || a.city.index - b.city.index);
}

function slotColor(slot) {
  return slot < SMALLER_CLUSTERS ? model.clusters[slot].color : model.other_color;
}

function placeWords(place) {
  return `${[place.city.name, place.city.name_en].filter(Boolean).join(" ")}: `
    + `${counted(place.employers, "employer")}, ${counted(place.postings, "posting")}`;
}

function placeCircle(place, radius) {
  const circle = drawing("circle", {
    class: place.city.index === state.selected ? "place selected" : "place",
    cx: place.city.place[0],
    cy: place.city.place[1],
    r: radius.toFixed(1),
    fill: place.color,
    tabindex: 0,
    role: "button",
    "data-node": place.city.index,
    "aria-label": placeWords(place),
    onclick: () => select(place.city.index),
    onkeydown: (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      select(place.city.index);
    },
  });
  circle.append(drawing("title", {}, placeWords(place)));
  return circle;
}

/** Names beside the largest circles where there is room: right, left, above, below. */
function placeNames(places, radiusOf, unit) {
  const take = labelPlaces();
  const names = [];
  const size = 12.5 / unit;
  for (const place of places) {
    const [x, y] = place.city.place;
    const radius = radiusOf(place);
    take(x - radius * 0.7, y - radius * 0.7, radius * 1.4, radius * 1.4);
  }
  for (const place of places.slice(0, MAP_NAMES_AT_MOST)) {
    const text = displayName(place.city);
    const [x, y] = place.city.place;
    const radius = radiusOf(place);
    const width = textWidth(text) * size;
    const height = size * 1.15;
    const spots = [
      [x + radius + 3, y + size * 0.35, "start", 0],
      [x - radius - 3, y + size * 0.35, "end", -width],
      [x, y - radius - 4, "middle", -width / 2],
      [x, y + radius + size, "middle", -width / 2],
    ];
    const spot = spots.find(([left, base, , shift]) => take(left + shift, base - size * 0.9, width, height));
    if (!spot) continue;
    names.push(drawing("text", {
      class: "place-name", lang: languageOf(place.city), x: spot[0], y: spot[1], "text-anchor": spot[2],
      "font-size": size.toFixed(1), "stroke-width": (3 / unit).toFixed(1),
    }, text));
  }
  return names;
}

/** Width of a text in units of its font size: Chinese characters are square, others about half as wide. */
function textWidth(text) {
  return [...text].reduce((sum, character) => sum + (character > "\u2e7f" ? 1 : 0.58), 0);
}

function chosenProvinces() {
  const chosen = new Set();
  if (state.area >= 0) chosen.add(areas[state.area].ref);
  if (state.selected !== null && nodes[state.selected].kind === "city") {
    for (const index of nodes[state.selected].areas) chosen.add(areas[index].ref);
  }
  return chosen;
}

function drawMap() {
  if (state.view !== "map") return;
  const box = byId("map");
  const outlines = model.map;
  const places = mapPlaces();
  const most = Math.max(1, ...places.map((place) => place.employers));
  const unit = Math.min(box.clientWidth / outlines.width, box.clientHeight / outlines.height) || 1;
  const radiusOf = (place) => (3.5 + 20 * Math.sqrt(place.employers / most)) / Math.max(0.6, unit);
  const chosen = chosenProvinces();
  const picture = drawing("svg", {
    viewBox: `0 0 ${outlines.width} ${outlines.height}`, role: "group", "aria-label": "Map of employers by city",
  },
  drawing("path", { class: "around", d: outlines.around, "aria-hidden": "true" }),
  outlines.provinces.map(([adcode, path]) => drawing("path", {
    class: chosen.has(`province:${adcode}`) ? "province chosen" : "province", d: path, "aria-hidden": "true",
  })),
  places.map((place) => placeCircle(place, radiusOf(place))),
  placeNames(places, radiusOf, unit));
  const focused = box.contains(document.activeElement) ? document.activeElement.dataset.node : null;
  box.replaceChildren(picture, element("p", { class: "map-note" }, outlines.note));
  if (focused) box.querySelector(`[data-node="${focused}"]`)?.focus();
  drawMapList(places, most);
}

function drawMapList(places, most) {
  const left = places.length - MAP_LIST_AT_MOST;
  byId("map-list").replaceChildren(
    element("h3", {}, "Employers by city"),
    element("p", { class: "muted" }, "Circle area grows with the employers drawn on this page that pass the "
      + "filters; colour is the cluster with most of them."),
    element("ul", { class: "neighbours" }, places.slice(0, MAP_LIST_AT_MOST).map((place) => element("li", {},
      element("button", { type: "button", class: "to", title: placeWords(place), onclick: () => select(place.city.index) },
        icon("square", place.color),
        element("span", { class: "name", lang: languageOf(place.city) }, displayName(place.city)),
        bar(place.employers / most),
        element("span", { class: "count" }, formatNumber(place.employers)))))),
    left > 0 ? element("p", { class: "muted" }, `and ${counted(left, "more city", "more cities")}`) : "",
  );
}

listen("filter", drawMap);
listen("selection", drawMap);
listen("view", drawMap);
listen("labels", drawMap);
new ResizeObserver(drawMap).observe(byId("map"));

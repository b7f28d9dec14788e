/* What the reader can take away: tables as CSV, the drawing as PNG or SVG, paper. */

const CSV_TYPE = "text/csv;charset=utf-8";

/** A cell a spreadsheet shows and never runs: text that begins like a formula gets an apostrophe. */
function csvCell(value) {
  let text = value === null || value === undefined ? "" : String(value);
  const isNumber = /^[+-]?\d+(\.\d+)?$/.test(text);
  if (/^[=+\-@\t\r]/.test(text) && !isNumber) text = `'${text}`;
  return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

/** Rows as CSV with the byte order mark that spreadsheets need to read Chinese. */
function csvText(rows) {
  return `\ufeff${rows.map((row) => row.map(csvCell).join(",")).join("\r\n")}\r\n`;
}

function saveCsv(name, head, rows) {
  saveFile(`${name}.csv`, [csvText([head, ...rows])], CSV_TYPE);
}

function saveNodes() {
  const head = ["ref", "name", "pinyin", "name_en", "kind", "cluster", "regions", "claims", "postings",
    "ai_postings", "links", "stands_for"];
  saveCsv(`${model.file_stem}-nodes`, head, shownNodes().map((node) => [
    node.ref, node.name, node.pinyin, node.name_en, node.kind, clusterLabel(node),
    node.areas.map((index) => areas[index].name).join("; "), claimSummary(node), node.postings,
    node.ai_postings, node.linkCount, node.stands_for,
  ]));
}

function saveLinks(list, about) {
  const head = ["start_ref", "start", "end_ref", "end", "relation", "count", "counts", "links", "first_seen", "last_seen"];
  const stem = about ? `${model.file_stem}-${about.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 40)}` : model.file_stem;
  saveCsv(`${stem}-links`, head, list.map((edge) => [
    nodes[edge.start].ref, nodes[edge.start].name, nodes[edge.end].ref, nodes[edge.end].name,
    edge.relation.key, edge.count, edge.relation.counts, edge.links, edge.first_seen, edge.last_seen,
  ]));
}

function saveEvidence() {
  const head = ["ref", "name", "posting_id", "title", "date", "file", "row", "repeats", "url"];
  saveCsv(`${model.file_stem}-evidence`, head, shownNodes().flatMap((node) => node.evidence.map((index) => {
    const row = evidenceRows[index];
    return [node.ref, node.name, row.posting_id, row.title, row.date, model.sources[row.source], row.row,
      row.repeats, row.url];
  })));
}

function exportAs(form) {
  const actions = {
    nodes: saveNodes,
    links: () => saveLinks(edges.filter((edge) => visibleEdges[edge.index])),
    evidence: saveEvidence,
    svg: () => saveFile(`${model.file_stem}.svg`, [svgText()], "image/svg+xml"),
    png: () => paintPicture().toBlob((blob) => saveFile(`${model.file_stem}.png`, [blob], "image/png")),
    print: () => print(),
  };
  actions[form]();
}

/* The menu: arrows move in it, Escape and a click elsewhere close it. */

const exportButton = byId("export-button");
const exportMenu = byId("export-menu");

function openExportMenu(open) {
  exportMenu.hidden = !open;
  exportButton.setAttribute("aria-expanded", String(open));
  if (open) exportMenu.firstElementChild.focus();
}

exportButton.addEventListener("click", () => openExportMenu(exportMenu.hidden));
exportMenu.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-export]");
  if (!choice) return;
  openExportMenu(false);
  exportButton.focus();
  exportAs(choice.dataset.export);
});
exportMenu.addEventListener("keydown", (event) => {
  const items = [...exportMenu.children];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
  } else if (event.key === "Escape") {
    event.stopPropagation();
    openExportMenu(false);
    exportButton.focus();
  } else if (event.key === "Tab") {
    openExportMenu(false);
  }
});
document.addEventListener("click", (event) => {
  if (!event.target.closest(".menu") && !exportMenu.hidden) openExportMenu(false);
});

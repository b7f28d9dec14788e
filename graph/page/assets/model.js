/* The graph of the page: nodes, links and their neighbours, read once from the JSON inside the file. */

const model = JSON.parse(byId("model").textContent);

/** Turn rows with shared column names into objects. */
function rowsToObjects(rows, columns) {
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));
}

const kinds = new Map(model.kinds.map((kind) => [kind.key, kind]));
const areas = model.areas.map(([ref, name, nameEn]) => ({ ref, name, nameEn }));
const evidenceRows = rowsToObjects(model.evidence, model.evidence_columns);
/* The layout is wider than high; in a tall window it is turned over its diagonal. */
const isTall = innerHeight > 1.2 * innerWidth;
const nodes = rowsToObjects(model.nodes, model.node_columns).map((node, index) => ({
  ...node,
  x: isTall ? node.y : node.x,
  y: isTall ? node.x : node.y,
  index,
  claims: rowsToObjects(node.claims, model.claim_columns),
  linkCount: 0,
}));
const edges = rowsToObjects(model.edges, model.edge_columns).map((edge, index) => ({
  ...edge,
  index,
  relation: model.relations[edge.relation],
}));
const edgesOf = nodes.map(() => []);
for (const edge of edges) {
  edgesOf[edge.start].push(edge);
  edgesOf[edge.end].push(edge);
  nodes[edge.start].linkCount += edge.links;
  nodes[edge.end].linkCount += edge.links;
}
const nodeByRef = new Map(nodes.map((node) => [node.ref, node]));

/* Clusters share the legend's rows: one each for the coloured, one for all smaller, one for none. */
const SMALLER_CLUSTERS = model.shown_clusters;
const NO_CLUSTER = model.shown_clusters + 1;

function clusterSlot(node) {
  return node.cluster < 0 ? NO_CLUSTER : Math.min(node.cluster, SMALLER_CLUSTERS);
}

function clusterName(cluster) {
  return state.english && cluster.label_en ? cluster.label_en : cluster.label;
}

function clusterLabel(node) {
  return node.cluster < 0 ? "" : clusterName(model.clusters[node.cluster]);
}

function nodeColor(node) {
  return clusterSlot(node) < SMALLER_CLUSTERS ? model.clusters[node.cluster].color : model.other_color;
}

function nodeShape(node) {
  return kinds.get(node.kind).shape;
}

/** Employers, and the summaries that stand for many of them, are what the filters choose. */
function isEmployer(node) {
  return node.kind === "employer" || node.ref.startsWith("rest:employer");
}

function otherEnd(edge, index) {
  return nodes[edge.start === index ? edge.end : edge.start];
}

/** How much a node matters for labels and search: its size among its kind, with hubs before employers. */
function importance(node) {
  return node.radius * (node.kind === "employer" ? 1 : 1.6);
}

/** The kinds of claim and their bases that occur, as "defense" and "defense/listed". */
function claimKeys(node) {
  const keys = new Set();
  for (const claim of node.claims) {
    if (!claim.valid) continue;
    keys.add(claim.kind);
    if (claim.basis) keys.add(`${claim.kind}/${claim.basis}`);
  }
  return keys;
}
for (const node of nodes) node.claimKeys = claimKeys(node);

/** Lower case, without accents and apostrophes, for comparing what was typed with what is there. */
function fold(text) {
  return text.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f'’]/g, "");
}

/* Shapes and colours, the same in the legend, on the canvas and in exported drawings. */

const RIM = "rgba(20, 28, 40, 0.72)";
const FONT = 'system-ui, -apple-system, "Segoe UI", "Noto Sans", "PingFang SC", "Microsoft YaHei", '
  + '"Noto Sans CJK SC", sans-serif';

/* Corners on a circle of radius 1; a shape without corners is a circle. */
const CORNERS = {
  square: [[-0.88, -0.88], [0.88, -0.88], [0.88, 0.88], [-0.88, 0.88]],
  diamond: [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]],
  triangle: [[0, -1.15], [1.1, 0.8], [-1.1, 0.8]],
  triangleDown: [[0, 1.15], [1.1, -0.8], [-1.1, -0.8]],
  hexagon: polygon(6, () => 1.08, 0),
  star: polygon(10, (corner) => (corner % 2 ? 0.56 : 1.3), -Math.PI / 2),
};

function polygon(corners, radius, turn) {
  return Array.from({ length: corners }, (_, corner) => {
    const angle = (corner * 2 * Math.PI) / corners + turn;
    return [radius(corner) * Math.cos(angle), radius(corner) * Math.sin(angle)];
  });
}

/** Corners of a shape at a place, or null for a circle. */
function cornersAt(shape, x, y, radius) {
  const corners = CORNERS[shape];
  return corners ? corners.map(([dx, dy]) => [x + dx * radius, y + dy * radius]) : null;
}

/** Path text of a shape for SVG, or null for a circle. */
function pathOf(shape, x, y, radius) {
  const corners = cornersAt(shape, x, y, radius);
  return corners ? `M${corners.map((corner) => corner.map((value) => value.toFixed(1)).join(" ")).join("L")}Z` : null;
}

/** Begin a shape's path on a canvas. */
function traceShape(canvas, shape, x, y, radius) {
  const corners = cornersAt(shape, x, y, radius);
  canvas.beginPath();
  if (!corners) {
    canvas.arc(x, y, radius, 0, 2 * Math.PI);
    return;
  }
  corners.forEach(([cornerX, cornerY], index) => {
    if (index) canvas.lineTo(cornerX, cornerY);
    else canvas.moveTo(cornerX, cornerY);
  });
  canvas.closePath();
}

/** A small picture of a shape for lists. */
function icon(shape, color) {
  const path = pathOf(shape, 9, 9, 6);
  const look = { fill: color, stroke: RIM, "stroke-width": 1 };
  const mark = path ? drawing("path", { d: path, ...look }) : drawing("circle", { cx: 9, cy: 9, r: 6, ...look });
  return drawing("svg", { viewBox: "0 0 18 18", width: 18, height: 18, "aria-hidden": "true" }, mark);
}

function nodeIcon(node) {
  return icon(nodeShape(node), nodeColor(node));
}

function swatch(color) {
  const square = element("span", { class: "swatch", "aria-hidden": "true" });
  square.style.background = color;
  return square;
}

/** A bar for a share between 0 and 1. */
function bar(share) {
  const filled = element("i");
  filled.style.width = `${Math.round(100 * share)}%`;
  return element("span", { class: "bar", "aria-hidden": "true" }, filled);
}

function isDark() {
  return document.documentElement.dataset.theme === "dark";
}

/* Canvas colours follow the style sheet. */
const colors = {};

function readColors() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  colors.background = read("--canvas");
  colors.ink = read("--ink");
  colors.muted = read("--muted");
  colors.line = isDark() ? "rgb(150, 168, 190)" : "rgb(84, 100, 122)";
  colors.rim = isDark() ? "rgba(8, 12, 18, 0.85)" : RIM;
  colors.veil = isDark() ? 0.84 : 0.82;
}

/* Painting in graph units; `scale` is screen pixels per unit, so that lines and rims stay thin. */

function paintNode(canvas, node, scale) {
  traceShape(canvas, nodeShape(node), node.x, node.y, node.radius);
  canvas.fillStyle = nodeColor(node);
  canvas.fill();
  canvas.lineWidth = Math.min(1.2, node.radius * scale * 0.18) / scale;
  canvas.strokeStyle = colors.rim;
  canvas.stroke();
}

function edgeColor(edge) {
  const start = nodes[edge.start];
  const slot = clusterSlot(start);
  return slot === clusterSlot(nodes[edge.end]) && slot < SMALLER_CLUSTERS ? nodeColor(start) : colors.line;
}

function edgeWidth(edge) {
  return 0.5 + 0.45 * Math.log1p(edge.count);
}

/** Many links together must not hide the nodes: above a number each is fainter, as in the network. */
function edgeOpacity() {
  return 0.25 * Math.min(1, Math.sqrt(1200 / Math.max(1, edges.length)));
}

function paintEdges(canvas, list, scale, opacity) {
  canvas.globalAlpha = opacity;
  for (const edge of list) {
    const start = nodes[edge.start];
    const end = nodes[edge.end];
    canvas.beginPath();
    canvas.moveTo(start.x, start.y);
    canvas.lineTo(end.x, end.y);
    canvas.strokeStyle = edgeColor(edge);
    canvas.lineWidth = edgeWidth(edge) / Math.max(scale, 0.5);
    canvas.stroke();
  }
  canvas.globalAlpha = 1;
}

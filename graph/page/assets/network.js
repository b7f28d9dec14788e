/* The network view: vis-network draws what pyvis holds; names and highlights are painted over it. */

const networkBox = byId("network");

function readJson(id) {
  return JSON.parse(byId(id).textContent);
}

function motion(duration) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return still ? false : { duration, easingFunction: "easeInOutQuad" };
}

/** Smallest frame [left, top, right, bottom] around some nodes. */
function frameAround(list, margin) {
  const frame = [Infinity, Infinity, -Infinity, -Infinity];
  for (const node of list) {
    frame[0] = Math.min(frame[0], node.x - node.radius - margin);
    frame[1] = Math.min(frame[1], node.y - node.radius - margin);
    frame[2] = Math.max(frame[2], node.x + node.radius + margin);
    frame[3] = Math.max(frame[3], node.y + node.radius + margin);
  }
  return frame[0] < frame[2] ? frame : [-100, -100, 100, 100];
}

function shownNodes() {
  return nodes.filter((node) => visibleNodes[node.index]);
}

const network = (() => {
  const drawnNodes = readJson("network-nodes").map((item) => ({ ...item, x: nodes[item.id].x, y: nodes[item.id].y }));
  const vertices = new vis.DataView(new vis.DataSet(drawnNodes), {
    filter: (item) => visibleNodes[item.id] === 1,
  });
  const lines = new vis.DataView(new vis.DataSet(readJson("network-edges")), {
    filter: (item) => visibleEdges[item.id] === 1,
  });
  const drawingArea = new vis.Network(networkBox, { nodes: vertices, edges: lines }, readJson("network-options"));

  function currentFrame() {
    const scale = drawingArea.getScale();
    const middle = drawingArea.getViewPosition();
    const halfWidth = networkBox.clientWidth / scale / 2;
    const halfHeight = networkBox.clientHeight / scale / 2;
    return [middle.x - halfWidth, middle.y - halfHeight, middle.x + halfWidth, middle.y + halfHeight];
  }

  /** Move so that the frame fills the window, less some pixels at the top and the bottom. */
  function moveTo(frame, { top = 0, bottom = 0, closest = Infinity, animation = false }) {
    const width = networkBox.clientWidth || 800;
    const height = networkBox.clientHeight || 600;
    const scale = Math.min(
      (width * 0.95) / (frame[2] - frame[0]),
      (height - top - bottom) / (frame[3] - frame[1]),
      closest,
    );
    const position = {
      x: (frame[0] + frame[2]) / 2,
      y: (frame[1] + frame[3]) / 2 - (top - bottom) / 2 / scale,
    };
    drawingArea.moveTo({ position, scale, animation });
  }

  return {
    on: (happening, listener) => drawingArea.on(happening, listener),
    redraw: () => drawingArea.redraw(),
    place: (index) => drawingArea.getPosition(index),
    currentFrame,
    scale: () => drawingArea.getScale(),
    refresh() {
      vertices.refresh();
      lines.refresh();
      drawingArea.redraw();
    },
    // Captions stand above the highest clusters, so the top keeps room for them.
    fit: (animation) => moveTo(frameAround(shownNodes(), 0), { top: 62, bottom: 30, closest: 2, animation }),
    focus(index) {
      const around = [...highlighted().around].map((other) => nodes[other]);
      const sheet = matchMedia("(max-width: 860px)").matches ? byId("details").offsetHeight : 0;
      const frame = frameAround(around.length ? around : [nodes[index]], 40);
      moveTo(frame, { top: 10, bottom: sheet + 20, closest: 1.3, animation: motion(350) });
    },
    zoom: (factor) => drawingArea.moveTo({ scale: drawingArea.getScale() * factor, animation: motion(200) }),
    pan(right, down) {
      const middle = drawingArea.getViewPosition();
      const scale = drawingArea.getScale();
      drawingArea.moveTo({ position: { x: middle.x + right / scale, y: middle.y + down / scale }, animation: false });
    },
    resize() {
      drawingArea.setSize("100%", "100%");
      drawingArea.redraw();
    },
  };
})();

function showTip(index, place) {
  const tip = byId("tip");
  networkBox.classList.toggle("over-node", index !== null);
  if (index === null || !place) {
    tip.hidden = true;
    return;
  }
  const node = nodes[index];
  const count = node.postings === null ? counted(node.linkCount, "link") : counted(node.postings, "posting");
  tip.replaceChildren(
    element("b", { lang: languageOf(node) }, displayName(node)),
    element("span", {}, state.english ? node.name : node.name_en),
    element("span", {}, `${kinds.get(node.kind).label} · ${count}`),
  );
  tip.hidden = false;
  tip.style.left = `${Math.min(place.x + 16, networkBox.clientWidth - 290)}px`;
  tip.style.top = `${Math.max(6, place.y + 14)}px`;
}

function hover(index, place) {
  state.hovered = index;
  showTip(index, place);
  if (state.selected === null) network.redraw();
}

network.on("afterDrawing", (canvas) => {
  canvas.save();
  paintOverlay(canvas, network.scale(), network.currentFrame());
  canvas.restore();
});
network.on("click", (event) => select(event.nodes.length ? event.nodes[0] : null));
network.on("hoverNode", (event) => hover(event.node, event.pointer ? event.pointer.DOM : null));
network.on("blurNode", () => hover(null, null));
network.on("dragStart", () => {
  networkBox.classList.add("dragging");
  hover(null, null);
});
network.on("dragging", (event) => {
  for (const index of event.nodes) Object.assign(nodes[index], network.place(index));
});
network.on("dragEnd", () => networkBox.classList.remove("dragging"));

byId("zoom-in").addEventListener("click", () => network.zoom(1.45));
byId("zoom-out").addEventListener("click", () => network.zoom(1 / 1.45));
byId("zoom-fit").addEventListener("click", () => network.fit(motion(300)));

listen("filter", () => {
  refreshCaptions();
  network.refresh();
});
listen("selection", () => {
  byId("tip").hidden = true;
  network.redraw();
});
listen("labels", () => {
  refreshCaptions();
  network.redraw();
});
listen("focus", () => {
  if (state.view === "network") network.focus(state.selected);
});
listen("view", () => {
  if (state.view === "network") network.resize();
});
listen("theme", () => network.redraw());

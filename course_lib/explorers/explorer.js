// Draws one explorer. Python has computed a frame for every stop of every control;
// this file looks frames up and maps numbers to pixels. It holds no formula of the course.

const CSS = `
.explorer { background: #fff; color: #1a1a1a; color-scheme: light; padding: 10px 12px; max-width: 1120px;
  box-sizing: border-box; font: 14px/1.4 system-ui, sans-serif; border: 1px solid #ccc; border-radius: 4px; }
.explorer * { box-sizing: border-box; }
.explorer .title { font-size: 16px; font-weight: 600; margin: 0 0 6px; color: #1a1a1a; }
.explorer .controls { display: flex; flex-wrap: wrap; gap: 6px 18px; margin-bottom: 8px; }
.explorer .control { display: flex; flex-direction: column; flex: 1 1 180px; min-width: 0; max-width: 320px; }
.explorer .control label { display: flex; justify-content: space-between; gap: 8px; color: #1a1a1a; }
.explorer .control output { font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
.explorer input[type=range] { width: 100%; margin: 4px 0; height: 20px; accent-color: #0072b2; }
.explorer select { width: 100%; font: inherit; padding: 3px 4px; color: #1a1a1a; background: #fff;
  border: 1px solid #767676; border-radius: 3px; }
.explorer input:focus-visible, .explorer select:focus-visible { outline: 3px solid #d55e00; outline-offset: 2px; }
.explorer .panels { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: flex-start; }
.explorer figure { margin: 0; flex: 1 1 200px; min-width: 0; max-width: 460px; }
.explorer figcaption { font-weight: 600; font-size: 13px; color: #1a1a1a; text-align: left; }
.explorer .panel-note { margin: 0; font-size: 13px; font-variant-numeric: tabular-nums; }
.explorer .with-notes .panel-note { min-height: 2.8em; }
.explorer canvas.plot { display: block; width: 100%; background: #fff; }
.explorer canvas.draggable { cursor: crosshair; touch-action: none; }
.explorer .legend { display: flex; flex-wrap: wrap; gap: 0 12px; margin: 2px 0 0; padding: 0; list-style: none; font-size: 12px; }
.explorer .legend li { display: flex; align-items: center; gap: 4px; margin: 0; }
.explorer .caption { margin: 4px 0 8px; min-height: 4.1em; font-variant-numeric: tabular-nums; }
.explorer .hint { margin: 2px 0 0; font-size: 12px; color: #555; }
`;
const FONT = "12px system-ui, sans-serif";
const MARGIN = { left: 54, right: 12, top: 8, bottom: 40 };
const LEGEND_SIZE = { width: 30, height: 14 };
const ANSWER_TIMEOUT = 3000; // ms; after this the kernel counts as absent

export default { render };

function render({ model, el }) {
  const spec = model.get("spec");
  const floats = toFloats(model.get("table"));
  const stops = Object.fromEntries(spec.controls.map((c) => [c.name, c.start]));
  const sizes = Object.fromEntries(spec.controls.map((c) => [c.name, c.stops.length]));
  const listeners = new AbortController();
  let asked = null; // the answer Python gave for a dragged point: { frames, caption, notes }
  let pending = 0, answered = 0; // requests for an animation frame

  // Row-major position of the current stops among all frames of a layer or a sentence.
  const position = (depends) => depends.reduce((at, name) => at * sizes[name] + stops[name], 0);
  const frame = (layer) => {
    if (asked?.frames[layer.name]) return asked.frames[layer.name];
    const start = layer.offset + position(layer.depends) * layer.size;
    return floats.subarray(start, start + layer.size);
  };
  const sentence = (tables) => tables.map((t) => t.texts[position(t.depends)]).join(" ");

  const root = make("section", el, "explorer");
  root.setAttribute("aria-label", spec.title);
  make("style", root).textContent = CSS;
  make("p", root, "title").textContent = spec.title;
  const redraw = () => {
    if (!pending) pending = requestAnimationFrame(draw);
  };
  // A key is answered at once; whatever else comes before the next frame waits for that frame.
  const react = () => {
    if (pending || answered) return redraw();
    draw();
    answered = requestAnimationFrame(() => { answered = 0; });
  };
  const kernel = connect(model, spec.drag, (answer) => {
    asked = answer;
    redraw();
  });
  const bar = make("div", root, "controls");
  for (const control of spec.controls) {
    addControl(bar, control, listeners.signal, (stop) => {
      stops[control.name] = stop;
      if (spec.drag?.replaces === control.name) kernel.forget();
      kernel.repeat(stops);
      react();
    });
  }
  const caption = make("p", root, "caption");
  caption.setAttribute("aria-live", "polite");
  const row = make("div", root, "panels");
  if (spec.panels.some((panel) => panel.note.length)) row.classList.add("with-notes");
  const panels = spec.panels.map((panel) => addPanel(row, panel));
  if (spec.drag) addDrag(panels[spec.drag.panel], spec.drag, make("p", root, "hint"));

  function draw() {
    pending = 0;
    caption.textContent = asked ? asked.caption : sentence(spec.caption);
    panels.forEach((panel, index) => {
      const note = asked?.notes[index] ?? sentence(panel.spec.note);
      panel.note.textContent = note;
      panel.canvas.setAttribute("aria-label", `${panel.spec.title}. ${note || caption.textContent}`);
      drawPanel(panel, frame);
    });
  }

  function addDrag(panel, drag, hint) {
    hint.textContent = drag.hint;
    panel.canvas.classList.add("draggable");
    const follow = (event) => {
      if (!event.buttons || !panel.frame) return;
      const box = panel.canvas.getBoundingClientRect();
      const x = panel.frame.x.invert(event.clientX - box.left);
      const y = panel.frame.y.invert(event.clientY - box.top);
      kernel.ask(x, y, stops);
    };
    kernel.onAbsent = () => {
      hint.textContent = "Dragging the point needs a running notebook; the controls work without one.";
    };
    panel.canvas.addEventListener("pointerdown", (event) => {
      panel.canvas.setPointerCapture(event.pointerId);
      follow(event);
    }, { signal: listeners.signal });
    panel.canvas.addEventListener("pointermove", follow, { signal: listeners.signal });
  }

  const resize = new ResizeObserver(redraw);
  resize.observe(row);
  redraw();
  return () => {
    listeners.abort();
    resize.disconnect();
    kernel.close();
    cancelAnimationFrame(pending);
    root.remove();
  };
}

// ---------------------------------------------------------------- asking Python

// At most one question is under way; of the questions that come meanwhile the newest wins.
function connect(model, drag, deliver) {
  let point = null, waiting = null, next = null, timer = 0, number = 0;
  const link = { ask, repeat, forget, close, onAbsent: () => {} };
  const send = (question) => {
    waiting = question;
    timer = setTimeout(absent, ANSWER_TIMEOUT);
    model.send({ kind: "drag", ...question });
  };
  function ask(x, y, stops) {
    if (!model.send || !drag) return link.onAbsent();
    point = { x, y };
    const question = { number: ++number, x, y, stops: { ...stops } };
    if (waiting) next = question;
    else send(question);
  }
  function repeat(stops) {
    if (point) ask(point.x, point.y, stops);
  }
  function forget() {
    point = next = null;
    deliver(null);
  }
  function absent() {
    waiting = null;
    forget();
    link.onAbsent();
  }
  function receive(message, buffers) {
    if (message.kind !== "frames" || message.number !== waiting?.number) return;
    clearTimeout(timer);
    const current = point !== null;
    waiting = null;
    if (message.error) absent();
    else if (current) {
      const frames = {};
      message.names.forEach((name, i) => (frames[name] = toFloats(buffers[i])));
      deliver({ frames, caption: message.caption, notes: message.notes });
    }
    if (next) send(next);
    next = null;
  }
  function close() {
    clearTimeout(timer);
    model.off?.("msg:custom", receive);
  }
  model.on?.("msg:custom", receive);
  return link;
}

// ---------------------------------------------------------------- elements

function make(tag, parent, className = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  parent.append(element);
  return element;
}

function addControl(bar, control, signal, change) {
  const box = make("div", bar, "control");
  const label = make("label", box);
  const id = `explorer-${Math.random().toString(36).slice(2)}`;
  label.htmlFor = id;
  make("span", label).textContent = control.label;
  if (control.kind === "list") {
    const list = make("select", box);
    list.id = id;
    keepKeys(list);
    for (const stop of control.stops) make("option", list).textContent = stop;
    list.selectedIndex = control.start;
    list.addEventListener("change", () => change(list.selectedIndex), { signal });
    return;
  }
  const value = make("output", label);
  value.htmlFor = id;
  const slider = make("input", box);
  Object.assign(slider, { id, type: "range", min: 0, max: control.stops.length - 1, step: 1 });
  slider.value = control.start;
  keepKeys(slider);
  const show = () => {
    value.textContent = control.stops[slider.value];
    slider.setAttribute("aria-valuetext", control.stops[slider.value]);
  };
  slider.addEventListener("input", () => { show(); change(Number(slider.value)); }, { signal });
  show();
}

// JupyterLab looks for this on the focused element, and then leaves arrows and letters to it.
function keepKeys(element) {
  element.setAttribute("data-lm-suppress-shortcuts", "true");
}

function addPanel(row, spec) {
  const figure = make("figure", row);
  figure.style.flexGrow = spec.weight;
  figure.style.flexBasis = `${Math.round(200 * spec.weight)}px`;
  make("figcaption", figure).textContent = spec.title;
  const note = make("p", figure, "panel-note");
  const canvas = make("canvas", figure, "plot");
  canvas.setAttribute("role", "img");
  const legend = make("ul", figure, "legend");
  for (const layer of spec.layers) {
    for (const entry of layer.bands ?? (layer.label ? [layer] : [])) addLegend(legend, layer, entry);
  }
  return { spec, note, canvas, frame: null };
}

function addLegend(list, layer, entry) {
  const item = make("li", list);
  const ctx = prepare(make("canvas", item), LEGEND_SIZE.width, LEGEND_SIZE.height);
  const { width, height } = LEGEND_SIZE;
  ctx.fillStyle = ctx.strokeStyle = entry.colour;
  if (layer.kind === "bars" || layer.kind === "heat") {
    ctx.fillRect(2, 1, width - 4, height - 2);
    ctx.strokeStyle = "#767676"; // a white swatch must be seen too
    ctx.strokeRect(2.5, 1.5, width - 5, height - 3);
  } else if (layer.kind !== "points") stroke(ctx, layer, [[2, height / 2], [width - 2, height / 2]]);
  if (layer.marker) drawMarker(ctx, { ...layer, mark: Math.min(layer.mark, 5) }, width / 2, height / 2);
  ctx.canvas.setAttribute("aria-hidden", "true");
  make("span", item).textContent = entry.label;
}

// ---------------------------------------------------------------- drawing

function prepare(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const ctx = canvas.getContext("2d");
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.fillStyle = "#fff";
  ctx.fillRect(0, 0, width, height);
  return ctx;
}

function axisMap(axis, from, to) {
  const log = axis.scale === "log";
  const low = log ? Math.log10(axis.low) : axis.low;
  const span = (log ? Math.log10(axis.high) : axis.high) - low;
  const map = (value) => from + (((log ? Math.log10(value) : value) - low) / span) * (to - from);
  map.invert = (pixel) => low + ((pixel - from) / (to - from)) * span; // dragging: linear axes
  return map;
}

function drawPanel(panel, frame) {
  const { spec, canvas } = panel;
  const width = Math.floor(canvas.parentElement.clientWidth);
  if (width < 80) return;
  const inner = width - MARGIN.left - MARGIN.right;
  const innerHeight = Math.round(inner * spec.aspect);
  const ctx = prepare(canvas, width, innerHeight + MARGIN.top + MARGIN.bottom);
  const area = { left: MARGIN.left, top: MARGIN.top, width: inner, height: innerHeight };
  const x = axisMap(spec.x, area.left, area.left + inner);
  const y = axisMap(spec.y, area.top + innerHeight, area.top);
  panel.frame = { x, y };
  ctx.save();
  ctx.beginPath();
  ctx.rect(area.left, area.top, area.width, area.height);
  ctx.clip();
  if (spec.grid) drawGrid(ctx, spec, area, x, y);
  const paint = (layer) => {
    ctx.strokeStyle = ctx.fillStyle = layer.colour;
    DRAW[layer.kind](ctx, layer, frame(layer), x, y, area);
  };
  spec.layers.filter((layer) => layer.kind !== "points").forEach(paint);
  ctx.restore();
  drawAxes(ctx, spec, area, x, y);
  spec.layers.filter((layer) => layer.kind === "points").forEach(paint); // whole, even on the frame
}

function drawGrid(ctx, spec, area, x, y) {
  ctx.strokeStyle = "#e4e4e4";
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (const [value] of spec.x.ticks) {
    ctx.moveTo(x(value), area.top);
    ctx.lineTo(x(value), area.top + area.height);
  }
  for (const [value] of spec.y.ticks) {
    ctx.moveTo(area.left, y(value));
    ctx.lineTo(area.left + area.width, y(value));
  }
  ctx.stroke();
}

function drawAxes(ctx, spec, area, x, y) {
  const bottom = area.top + area.height;
  ctx.strokeStyle = ctx.fillStyle = "#1a1a1a";
  ctx.lineWidth = 1;
  ctx.font = FONT;
  if (spec.frame) ctx.strokeRect(area.left + 0.5, area.top + 0.5, area.width - 1, area.height - 1);
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  let free = -Infinity; // a label that would touch its neighbour is left out
  for (const [value, text] of spec.x.ticks) {
    const half = ctx.measureText(text).width / 2;
    const middle = Math.min(x(value), area.left + area.width + MARGIN.right - half); // not cut off
    if (middle - half < free) continue;
    ctx.fillText(text, middle, bottom + 5);
    free = middle + half + 5;
  }
  const room = 2 * MARGIN.top; // a longer label is drawn narrower, so that nothing of it is cut off
  ctx.fillText(spec.x.label, area.left + area.width / 2, bottom + 22, area.width + room);
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  let above = Infinity;
  for (const [value, text] of spec.y.ticks) {
    if (y(value) > above) continue;
    ctx.fillText(text, area.left - 5, y(value));
    above = y(value) - 13;
  }
  ctx.save();
  ctx.translate(10, area.top + area.height / 2);
  ctx.rotate(-Math.PI / 2);
  ctx.textAlign = "center";
  ctx.fillText(spec.y.label, 0, 0, area.height + room);
  ctx.restore();
}

const DRAW = {
  lines(ctx, layer, values, x, y) {
    const dots = [];
    for (let i = 0; i < values.length; i += 2) dots.push([x(values[i]), y(values[i + 1])]);
    drawDots(ctx, layer, dots);
  },
  series(ctx, layer, values, x, y) {
    drawDots(ctx, layer, Array.from(values, (value, i) => [x(i), y(value)]));
  },
  points(ctx, layer, values, x, y, area) {
    for (let i = 0; i < values.length; i += 2) {
      const px = x(values[i]), py = y(values[i + 1]);
      const across = px >= area.left - 1 && px <= area.left + area.width + 1;
      const down = py >= area.top - 1 && py <= area.top + area.height + 1;
      if (across && down) drawMarker(ctx, layer, px, py);
    }
  },
  bars(ctx, layer, values, x, y, area) {
    const step = area.width / values.length;
    values.forEach((value, i) => {
      const top = y(value);
      ctx.fillRect(area.left + i * step + 0.5, top, Math.max(step - 1, 1), area.top + area.height - top);
    });
  },
  heat(ctx, layer, values, x, y, area) {
    const cell = { width: area.width / layer.columns, height: area.height / (values.length / layer.columns) };
    values.forEach((band, i) => {
      const column = i % layer.columns, line = Math.floor(i / layer.columns);
      ctx.fillStyle = layer.bands[band].colour;
      const left = Math.floor(area.left + column * cell.width);
      const top = Math.floor(area.top + area.height - (line + 1) * cell.height);
      ctx.fillRect(left, top, Math.ceil(cell.width) + 1, Math.ceil(cell.height) + 1);
    });
  },
  image(ctx, layer, values, x, y) {
    // The table holds red, green and blue as bytes; the canvas also wants an opacity for each pixel.
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const picture = new ImageData(layer.columns, bytes.length / (3 * layer.columns));
    for (let i = 0, from = 0; i < picture.data.length; i++) {
      picture.data[i] = i % 4 === 3 ? 255 : bytes[from++];
    }
    const scratch = document.createElement("canvas");
    Object.assign(scratch, { width: picture.width, height: picture.height });
    scratch.getContext("2d").putImageData(picture, 0, 0);
    const [left, right, low, high] = layer.extent;
    ctx.imageSmoothingEnabled = false; // a reader is to see the pixels
    ctx.drawImage(scratch, x(left), y(high), x(right) - x(left), y(low) - y(high));
  },
  vline(ctx, layer, values, x, y, area) {
    for (const v of values) stroke(ctx, layer, [[x(v), area.top], [x(v), area.top + area.height]]);
  },
  hline(ctx, layer, values, x, y, area) {
    for (const v of values) stroke(ctx, layer, [[area.left, y(v)], [area.left + area.width, y(v)]]);
  },
};

function drawDots(ctx, layer, dots) {
  stroke(ctx, layer, dots);
  if (layer.marker) for (const [px, py] of dots) drawMarker(ctx, layer, px, py);
  if (layer.start_marker) drawMarker(ctx, { marker: layer.start_marker, mark: 6 }, ...dots[0]);
}

function stroke(ctx, layer, dots) {
  ctx.lineWidth = layer.width;
  ctx.lineJoin = "round";
  ctx.setLineDash(layer.dash);
  ctx.beginPath();
  let down = false; // nan lifts the pen
  for (const [px, py] of dots) {
    const there = Number.isFinite(px) && Number.isFinite(py);
    if (there && down) ctx.lineTo(px, py);
    else if (there) ctx.moveTo(px, py);
    down = there;
  }
  ctx.stroke();
  ctx.setLineDash([]);
}

function drawMarker(ctx, layer, px, py) {
  if (!Number.isFinite(px) || !Number.isFinite(py)) return;
  const r = layer.mark;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  if (layer.marker === "circle" || layer.marker === "ring") ctx.arc(px, py, r, 0, 2 * Math.PI);
  else if (layer.marker === "square") ctx.rect(px - r, py - r, 2 * r, 2 * r);
  else if (layer.marker === "cross") lines([[-r, -r], [r, r]], [[-r, r], [r, -r]]);
  else if (layer.marker === "plus") lines([[-r, 0], [r, 0]], [[0, -r], [0, r]]);
  else if (layer.marker === "triangle") shape([0, -r], [r, r], [-r, r]);
  else shape([0, -r], [r, 0], [0, r], [-r, 0]);
  const open = layer.marker === "cross" || layer.marker === "plus" || layer.marker === "ring";
  if (!open) ctx.fill();
  ctx.strokeStyle = open || r < 6 ? ctx.fillStyle : "#1a1a1a"; // large ones get a dark edge
  if (open || r >= 6) ctx.stroke();

  function lines(...pairs) {
    for (const [[ax, ay], [bx, by]] of pairs) {
      ctx.moveTo(px + ax, py + ay);
      ctx.lineTo(px + bx, py + by);
    }
  }
  function shape(...corners) {
    for (const [cx, cy] of corners) ctx.lineTo(px + cx, py + cy);
    ctx.closePath();
  }
}

function toFloats(view) {
  // A copy, because a buffer that came over the wire need not be aligned to four bytes.
  return new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

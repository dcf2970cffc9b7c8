"use strict";
// Drawings: numbers in, an element out. Each drawing has a sentence and a table of its numbers.
const Charts = (() => {
  const COLOURS = ["#6b6b6b", "#0072b2", "#d55e00", "#009e73", "#aa4499", "#7a5c00"], DASHES = ["4 3", "", "8 3", "2 2", "10 3 2 3", "6 2"];
  const INK = "#222", DAYS_A_MONTH = 365.25 / 12;
  const minus = (text) => text.replace(/-/g, "\u2212");
  const plain = (value, digits = 3) => value === null || value === undefined ? "\u2013"
    : minus(Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en-GB") : String(Number(value.toPrecision(Math.abs(value) >= 100 ? 3 : digits > 2 ? 2 : digits))));
  const signed = (value) => value > 0 ? `+${plain(value)}` : plain(value);
  const hundred = (share) => share === null ? "\u2013" : String(Math.round(100 * share));
  function make(tag, about = {}, ...inside) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(about)) {
      if (name in element && name !== "list" && name !== "form") element[name] = value; else element.setAttribute(name, value);
    }
    element.append(...inside.filter((one) => one !== null && one !== undefined));
    return element;
  }
  function table(heads, rows, caption) {
    const cells = (tag, row) => row.map((text, place) => make(place === 0 && tag === "td" ? "th" : tag, place ? { className: "right" } : tag === "td" ? { scope: "row" } : {}, text));
    return make("table", {}, make("caption", { className: "note" }, caption),
      make("thead", {}, make("tr", {}, ...cells("th", heads))), make("tbody", {}, ...rows.map((row) => make("tr", {}, ...cells("td", row)))));
  }
  function numbers(heads, rows, caption) {
    const found = make("details", { className: "numbers" }, make("summary", {}, "Show the numbers"));
    found.addEventListener("toggle", () => { if (found.open && found.children.length === 1) found.append(make("div", { className: "scroll", tabIndex: 0, role: "group", "aria-label": caption }, table(heads, rows, caption))); });
    return found;
  }
  function named(drawing, sentence) {
    const svg = drawing.tagName === "svg" ? drawing : drawing.querySelector("svg");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", sentence);
    for (const part of svg.querySelectorAll("g[aria-label]")) { part.dataset.part = part.getAttribute("aria-label"); part.removeAttribute("aria-label"); }
    return drawing;
  }
  const style = { fontSize: "11px", fontFamily: "inherit", overflow: "visible", background: "none" };

  function forest(place, rows, colour) {
    const body = rows.map((row) => {
      const scaled = (value) => value === null ? null : value * row.scale;
      const [low, left, middle, right, high] = row.quantiles.map(scaled), times = row.none === 1;
      row = { ...row, error: scaled(row.error) };
      const say = (value) => times ? `\u00d7${value.toFixed(2)}` : signed(value);
      const covers = low === null || (low <= row.none && high >= row.none);
      const ends = [Math.min(low, row.none, middle - 2 * (row.error || 0)), Math.max(high, row.none, middle + 2 * (row.error || 0))];
      const drawing = low === null ? make("span", { className: "faint" }, "no comparison is possible: this outcome is 0 in the reference") : named(Plot.plot({
        width: 190, height: 42, marginTop: 4, marginBottom: 18, marginLeft: 12, marginRight: 12, style,
        x: { domain: ends[0] === ends[1] ? [ends[0] - 1, ends[1] + 1] : ends, ticks: 3, tickFormat: (value) => minus(`${value}`), label: null, tickSize: 3 }, y: { axis: null, domain: [-1, 1] },
        marks: [Plot.ruleX([row.none], { stroke: INK, strokeDasharray: "2 2" }),
          Plot.ruleY([0], { x1: low, x2: high, stroke: colour, strokeWidth: 1.5 }), Plot.rectY([0], { x1: left, x2: right, y1: -0.55, y2: 0.55, fill: colour, fillOpacity: 0.35 }),
          Plot.ruleY([0], { x1: middle - 2 * (row.error || 0), x2: middle + 2 * (row.error || 0), stroke: INK, strokeWidth: 3 }), Plot.dot([0], { x: middle, y: 0, r: 4.5, fill: colour, stroke: "#fff" })],
      }), `${row.title}: ${row.rare ? "mean" : "median"} difference ${say(middle)}, half of the worlds ${say(left)} to ${say(right)}, 90 % ${say(low)} to ${say(high)}`);
      const error = row.error === null ? "" : ` \u00b1 ${plain(2 * row.error, 2)}`;
      return make("tr", { className: covers ? "pale" : "" }, make("th", { scope: "row" }, `${row.title.charAt(0).toUpperCase()}${row.title.slice(1)}${row.unit && !times ? `, ${row.unit}` : times ? ", times" : ""}`), make("td", { className: "draw" }, drawing),
        make("td", { className: "right" }, middle === null ? "\u2013" : say(middle) + error),
        make("td", { className: "right" }, hundred(row.more)), make("td", { className: "right same" }, hundred(row.same)), make("td", { className: "right" }, hundred(row.fewer)));
    });
    place.replaceChildren(make("table", {}, make("thead", {}, make("tr", {}, ...["outcome", "difference", "median", "more", "same", "fewer"].map((text, at) =>
      make("th", { scope: "col", className: at > 1 ? `right ${text}` : "" }, text)))), make("tbody", {}, ...body)),
    make("p", { className: "note" }, "More, same, fewer: the number of worlds in 100. Same: a difference too small to matter."));
  }

  function map(place, rows, outlines, worlds) {
    const scale = Math.cos(33 * Math.PI / 180), key = (name) => name.toLowerCase().replace(/[- ]/g, "_");
    const flat = (part) => typeof part[0] === "number" ? [part[0] * scale, part[1]] : part.map(flat);
    const change = new Map(rows.map((row) => [row.place, row.change]));
    const shapes = outlines.features.map((one) => ({ type: "Feature", geometry: { type: one.geometry.type, coordinates: flat(one.geometry.coordinates) },
      key: key(one.properties.name), name: one.properties.name, at: [one.properties.centroid_lon * scale, one.properties.centroid_lat] }));
    const top = Math.max(0.1, ...rows.map((row) => Math.abs(row.change))), value = (one) => change.get(one.key) ?? 0;
    const beside = (one) => one.key === "baghdad" ? [47.1 * scale, 34.4] : one.at;
    const shown = shapes.filter((one) => Math.abs(value(one)) >= 0.05);
    const drawing = Plot.plot({
      width: 420, height: 420, margin: 4, style: { ...style, fontSize: "12px" }, projection: { type: "reflect-y", domain: { type: "FeatureCollection", features: shapes } },
      color: { type: "diverging", interpolate: d3.interpolateRgbBasis(["#2b7bba", "#a6cbe3", "#f4f4f4", "#e3b98a", "#a65d14"]), domain: [-top, top], symmetric: true, pivot: 0 },
      marks: [Plot.geo(shapes, { fill: value, stroke: "#777", strokeWidth: 0.6 }),
        Plot.link(shapes.filter((one) => one.key === "baghdad"), { x1: (one) => one.at[0], y1: (one) => one.at[1], x2: (one) => beside(one)[0], y2: (one) => beside(one)[1], stroke: "#444", strokeWidth: 0.7 }),
        Plot.text(shown, { x: (one) => beside(one)[0], y: (one) => beside(one)[1], text: (one) => `${one.key === "baghdad" ? "Baghdad " : ""}${signed(value(one))}`, fill: INK, stroke: "#fff", strokeWidth: 3 })],
    });
    const most = [...rows].sort((one, other) => Math.abs(other.change) - Math.abs(one.change))[0];
    named(drawing, `Map of Iraq: mean change in militia attacks over ${worlds} worlds; the largest in ${most.title}, ${signed(most.change)}`);
    place.replaceChildren(drawing, numbers(["governorate", "mean change in attacks"], rows.map((row) => [row.title, signed(row.change)]), "Mean change in militia attacks by governorate"));
  }

  function fan(one, mode, arm, labels) {
    if (!one.levels) mode = "differences"; // while it grows
    const lines = mode === "levels" ? [[one.levels[0], 0], [one.levels[arm + 1], arm + 1]] : [[one.differences[arm], arm + 1]];
    const months = (week) => (week + 1) * 7 / DAYS_A_MONTH, marks = mode === "levels" ? [] : [Plot.ruleY([0], { stroke: INK, strokeDasharray: "2 2" })];
    for (const [bands, number] of lines) {
      const weeks = bands[0].map((_, week) => ({ month: months(week), low: bands[0][week], left: bands[1][week], middle: bands[2][week], right: bands[3][week], high: bands[4][week] }));
      const colour = COLOURS[number];
      marks.push(Plot.areaY(weeks, { x: "month", y1: "low", y2: "high", fill: colour, fillOpacity: 0.15 }), Plot.areaY(weeks, { x: "month", y1: "left", y2: "right", fill: colour, fillOpacity: 0.3 }),
        Plot.lineY(weeks, { x: "month", y: "middle", stroke: colour, strokeWidth: 2, strokeDasharray: DASHES[number] }));
      if (mode !== "levels" && one.errors && one.errors[arm] !== null) {
        const last = weeks[weeks.length - 1];
        marks.push(Plot.ruleX([last], { x: "month", y1: (at) => at.middle - 2 * one.errors[arm], y2: (at) => at.middle + 2 * one.errors[arm], stroke: INK, strokeWidth: 3 }));
      }
    }
    const last = lines[lines.length - 1][0].map((band) => band[band.length - 1]), say = mode === "levels" ? plain : signed;
    const title = `${one.title}${mode === "levels" ? "" : ": difference"}`;
    const drawing = Plot.plot({ width: 320, height: 170, marginLeft: 46, marginBottom: 32, marginTop: 8, style, x: { label: "months", domain: [0, Math.max(1, fan.months)], ticks: 6 }, y: { label: null, ticks: 5, tickFormat: (value) => minus(value.toLocaleString("en-GB")) }, marks });
    named(drawing, `${title}, ${labels[arm + 1]}: median ${say(last[2])} at the end, half of the worlds ${say(last[1])} to ${say(last[3])}, 90 % ${say(last[0])} to ${say(last[4])}`);
    const every = lines[lines.length - 1][0];
    return make("figure", { className: "fan" }, make("h3", {}, `${title} (${one.unit})`), drawing,
      numbers(["week", "5 %", "25 %", "median", "75 %", "95 %"], every[0].map((_, week) => [String(week + 1), ...every.map((band) => say(band[week]))]), `${title}: quantiles over worlds by week`));
  }
  function fans(place, all, mode, arm, labels, days) {
    fan.months = days / DAYS_A_MONTH;
    const open = new Set([...place.querySelectorAll("details[open]")].map((one) => one.parentElement.querySelector("h3").textContent));
    place.replaceChildren(...all.map((one) => fan(one, mode, arm, labels)));
    for (const one of place.querySelectorAll("figure")) if (open.has(one.querySelector("h3").textContent)) one.querySelector("details").open = true;
  }

  function dots(place, columns, titles, across, up, chosen, choose, colour) {
    const points = columns[across].map((x, world) => ({ world, x, y: columns[up][world] })).filter((point) => point.x !== null && point.y !== null);
    const axis = (name) => name === "islamic_state_attacks_last_month" ? `${titles[name]}, times the reference` : `${titles[name]}, change`;
    const at = (name) => name === "islamic_state_attacks_last_month" ? 1 : 0, tickFormat = (value) => minus(value.toLocaleString("en-GB"));
    const drawing = Plot.plot({ width: 480, height: 340, marginLeft: 52, marginBottom: 38, style, x: { label: `${axis(across)} \u2192`, tickFormat, labelAnchor: "right" }, y: { label: `\u2191 ${axis(up)}`, tickFormat },
      marks: [Plot.ruleX([at(across)], { stroke: INK, strokeDasharray: "2 2" }), Plot.ruleY([at(up)], { stroke: INK, strokeDasharray: "2 2" }), Plot.dot(points, { x: "x", y: "y", r: 3, fill: colour, fillOpacity: 0.45, title: (point) => `world ${point.world}` }),
        Plot.dot(points.filter((point) => point.world === chosen), { x: "x", y: "y", r: 7, stroke: INK, strokeWidth: 2 })] });
    named(drawing, `${points.length} worlds as dots: ${axis(across)} against ${axis(up)}`);
    const circles = drawing.querySelector("g[data-part='dot']");
    for (const circle of circles ? circles.children : []) circle.addEventListener("click", () => choose(points[circle.__data__].world));
    if (circles) circles.style.cursor = "pointer";
    place.replaceChildren(drawing, numbers(["world", axis(across), axis(up)], points.map((point) => [String(point.world), plain(point.x), plain(point.y)]), "Each world"));
  }
  return { COLOURS, DASHES, make, plain, signed, minus, forest, map, fans, dots };
})();

"use strict";
// The settings: made from what the model says can be moved; each tells `changed` when it was moved.
const Controls = (() => {
  const { make, plain } = Charts;
  const day = (about, number) => {
    const date = new Date(`${about.start}T00:00:00Z`);
    date.setUTCDate(date.getUTCDate() + Number(number));
    return `${number} (${date.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" })})`;
  };
  const round = (value, step) => Number(Number(value).toFixed(Math.max(0, Math.min(8, -Math.floor(Math.log10(step)) + 1))));

  function slider(name, low, high, step, value, ticks, say, moved) {
    const input = make("input", { type: "range", min: low, max: high, step, "aria-label": name });
    input.value = value;
    const output = make("output"), track = make("div", { className: "track" }, input);
    for (const tick of ticks) {
      const mark = make("i", { className: "tick", title: `as shipped: ${plain(tick)}` }), share = (tick - low) / (high - low);
      if (share < 0 || share > 1) continue;
      mark.style.left = `calc(8px + ${share} * (100% - 16px) - 1px)`;
      track.append(mark);
    }
    const tell = (number) => { input.setAttribute("aria-valuetext", say(number)); output.value = say(number); };
    input.addEventListener("input", () => { const number = round(input.value, step); tell(number); moved(number); });
    tell(value);
    return { input, output, track };
  }
  function strip(bars) {
    const width = 100 / bars.length, drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    drawn.setAttribute("viewBox", "0 0 100 10"); drawn.setAttribute("preserveAspectRatio", "none"); drawn.setAttribute("class", "strip"); drawn.setAttribute("aria-hidden", "true");
    bars.forEach((height, place) => {
      const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [key, value] of Object.entries({ x: place * width, y: 10 - 10 * height, width: width * 0.9, height: 10 * height, fill: "#9bb8cc" })) bar.setAttribute(key, value);
      drawn.append(bar);
    });
    return drawn;
  }
  const more = (title, ...paragraphs) => make("details", {}, make("summary", {}, title), ...paragraphs.filter(Boolean).map((text) => make("p", {}, text)));

  function setting(about, field, whose, value, days, moved) {
    const name = `${whose}: ${field.title}`, label = make("label", {}, make("span", {}, field.title));
    const whole = make("div", { className: "setting" }, label);
    if (field.kind === "switch") {
      const input = make("input", { type: "checkbox", checked: value !== 0, "aria-label": name });
      input.addEventListener("change", () => moved(input.checked ? 1 : 0));
      label.append(input);
    } else if (field.kind === "choice") {
      const input = make("select", { "aria-label": name }, ...field.choices.map((one) => make("option", { value: one, selected: one === value }, one)));
      input.addEventListener("change", () => moved(input.value));
      label.append(input);
    } else if (field.kind === "days_by_member") {
      const input = make("input", { type: "text", "aria-label": `${name}, as member: day`, value: Object.entries(value || {}).map((pair) => pair.join(": ")).join(", ") });
      input.addEventListener("change", () => moved(Object.fromEntries(input.value.split(",").filter((part) => part.trim()).map((part) => {
        const [member, at] = part.split(":").map((text) => text.trim());
        return [member, /^\d+$/.test(at || "") ? Number(at) : at || ""];
      }))));
      label.append(input);
    } else {
      const isDay = field.kind === "day", low = isDay ? 0 : field.low, high = isDay ? days - 1 : field.high, step = isDay ? 1 : field.step;
      const isNumber = typeof value === "number", none = Array.isArray(value) ? `drawn, ${value.join(" ")}` : "as assumed";
      const say = (number) => isDay ? day(about, number) : `${plain(number)}${field.unit ? ` ${field.unit}` : ""}`;
      const made = slider(name, low, high, step, isNumber ? value : isDay ? 14 : (low + high) / 2, typeof field.shipped === "number" ? [field.shipped] : [], say, (number) => { if (free) free.checked = false; moved(number); });
      let free = null;
      label.append(made.output);
      whole.append(made.track);
      if (field.reads) {
        free = make("input", { type: "checkbox", checked: !isNumber, "aria-label": `${name}: as assumed` });
        free.addEventListener("change", () => { made.output.value = free.checked ? none : say(Number(made.input.value)); moved(free.checked ? null : round(made.input.value, step)); });
        whole.append(make("label", { className: "small" }, make("span", {}, "as assumed"), free));
      }
      if (!isNumber) made.output.value = none;
    }
    if (field.meaning) whole.append(more("what it is", field.meaning));
    return whole;
  }

  function policies(about, arm, whose, days, opened, changed, redraw) {
    return Object.entries(arm.policies).map(([name, settings]) => {
      const known = about.policies[name] || { title: name, meaning: "", fields: [] };
      const out = make("button", { type: "button", className: "small", "aria-label": `${whose}: remove ${known.title}` }, "remove");
      out.addEventListener("click", () => { delete arm.policies[name]; redraw(); changed(); });
      const key = `${whose} ${name}`, whole = make("details", { className: "policy", open: opened.has(key) }, make("summary", {}, known.title), make("p", { className: "note" }, known.meaning),
        ...known.fields.map((field) => setting(about, field, `${whose}: ${known.title}`, settings[field.name] === undefined ? field.shipped : settings[field.name], days, (value) => {
          settings[field.name] = value;
          if (news.arm === arm) { news = {}; whole.closest("fieldset").querySelector(".caution").remove(); } // it is old news now
          changed();
        })), out);
      whole.addEventListener("toggle", () => whole.open ? opened.add(key) : opened.delete(key));
      return whole;
    });
  }

  function arm(about, state, place, load, opened, changed, redraw) {
    const one = state.arms[place], whose = place ? `arm ${place + 1}` : "reference";
    const scenario = make("select", { "aria-label": `${whose}: scenario` }, ...Object.entries(about.scenarios).map(([name, known]) => make("option", { value: name, selected: name === one.scenario, title: known.meaning }, known.title)));
    scenario.addEventListener("change", async () => { const chosen = scenario.value, found = await load(chosen); one.scenario = chosen; one.policies = found; redraw(); changed(); });
    const rest = Object.keys(about.policies).filter((name) => !(name in one.policies));
    const add = make("select", { "aria-label": `${whose}: add a policy` }, make("option", { value: "" }, "add a policy \u2026"), ...rest.map((name) => make("option", { value: name }, about.policies[name].title)));
    add.addEventListener("change", () => { one.policies[add.value] = structuredClone(about.policies[add.value].shipped); opened.add(`${whose} ${add.value}`); redraw(); changed(); });
    const swatch = make("i", { className: "swatch" });
    swatch.style.borderTopColor = Charts.COLOURS[place];
    const whole = make("fieldset", {}, make("legend", {}, swatch, place ? `Arm ${place + 1}` : "Reference"), scenario,
      make("p", { className: "note" }, (about.scenarios[one.scenario] || {}).meaning || ""), ...(news.arm === one ? [make("p", { className: "caution small", role: "status" }, news.text)] : []), ...policies(about, one, whose, state.days, opened, changed, redraw), add);
    if (place > 0) {
      const pin = make("button", { type: "button", className: "small", disabled: state.arms.length >= 6 }, "Keep this arm and change a copy");
      pin.addEventListener("click", () => {
        const copy = structuredClone(one), [name, settings] = Object.entries(copy.policies).pop() || [];
        state.arms.push(copy);
        if (settings && typeof settings.start === "number") { // two arms must differ
          const later = settings.start + APART < state.days;
          settings.start = later ? settings.start + APART : Math.max(0, settings.start - APART);
          opened.add(`arm ${state.arms.length} ${name}`);
          news = { arm: copy, text: `In this copy, “${about.policies[name] ? about.policies[name].title : name}” starts ${APART} days ${later ? "later" : "earlier"}, because two arms must differ. Change it as you like.` };
        }
        redraw(); changed();
      });
      whole.append(pin);
    }
    if (state.arms.length > 2 && place > 0) {
      const out = make("button", { type: "button", className: "small", "aria-label": `remove ${whose}` }, "Remove this arm");
      out.addEventListener("click", () => { state.arms.splice(place, 1); redraw(); changed(); });
      whole.append(out);
    }
    return whole;
  }

  function assumptions(about, state, changed, redraw) {
    const known = new Map(about.assumptions.map((one) => [one.name, one])), byTitle = new Map(about.assumptions.map((one) => [`${one.title} (${one.name})`, one.name]));
    const list = make("datalist", { id: "all-assumptions" }, ...[...byTitle.keys()].map((title) => make("option", { value: title })));
    const search = make("input", { type: "search", list: "all-assumptions", placeholder: "hold another assumption \u2026", "aria-label": "Hold an assumption: its name", className: "wide" });
    const answer = make("p", { className: "small", role: "alert" });
    const held = Object.entries(state.held).map(([name, value]) => {
      const one = known.get(name);
      const out = make("button", { type: "button", className: "small", "aria-label": `release ${one ? one.title : name}` }, "release");
      out.addEventListener("click", () => { delete state.held[name]; redraw(); changed(); });
      if (!one) return make("div", { className: "setting" }, `${name} = ${value}`, out);
      const made = slider(`${one.title}, held at`, one.low, one.high, one.step, value, [one.shipped], (number) => `held at ${plain(number)}`, (number) => { state.held[name] = number; changed(); });
      return make("div", { className: "setting" }, make("label", {}, make("span", {}, one.title), made.output), strip(one.strip), made.track,
        more(`${one.unit}, grade ${one.grade}: what it is`, one.meaning, `Prior from ${plain(one.low)} to ${plain(one.high)}; shipped value ${plain(one.shipped)}. Source: ${one.source}`), out);
    });
    search.addEventListener("change", () => {
      const asked = search.value.trim().toLowerCase(), alike = [...byTitle].filter(([title]) => title.toLowerCase().includes(asked)).map(([, one]) => one);
      const name = byTitle.get(search.value) || (known.has(asked) ? asked : alike.length === 1 ? alike[0] : null);
      if (!asked) return;
      if (!name) {
        const near = alike.length ? alike : [...known.keys()].filter((one) => one.includes(asked.slice(0, 5)));
        answer.textContent = `No assumption is called “${search.value}”. ${near.length ? `Near it: ${near.slice(0, 4).join(", ")}.` : "Choose one from the list."}`;
        return;
      }
      const one = known.get(name);
      state.held[name] = round(one.shipped, one.step);
      redraw(); changed();
    });
    return make("fieldset", {}, make("legend", {}, "Assumptions held at a value"), make("p", { className: "note" }, `All ${about.assumptions.filter((one) => !(one.name in state.held)).length} other assumptions are drawn anew in each world, as far as the calibration on the year before leaves them open. Bars show the prior; the tick shows the shipped value.`), ...held, search, answer, list);
  }

  function ensemble(state, changed, redraw) {
    const choose = (name, label, values, say) => {
      const all = [...new Set([...values, state[name]])].sort((one, other) => one - other);
      const select = make("select", { "aria-label": label }, ...all.map((value) => make("option", { value, selected: value === state[name] }, say(value))));
      select.addEventListener("change", () => { state[name] = Number(select.value); redraw(); changed(); });
      return select;
    };
    const dice = make("button", { type: "button", id: "dice" }, "Other dice");
    dice.addEventListener("click", () => { state.seed += 1; redraw(); changed(); });
    return make("fieldset", {}, make("legend", {}, "Worlds"), choose("worlds", "Worlds of each arm", [100, 300, 1000], (value) => `${value.toLocaleString("en-GB")} worlds of each arm`),
      choose("days", "Horizon", [365, 730], (value) => ({ 365: "one year", 730: "two years" }[value] || `${value} days`)), make("p", { className: "small" }, `seed ${state.seed} `, dice), make("p", { className: "note" }, "Other random numbers show which differences come from chance and not from the policy."));
  }

  const opened = new Set(), APART = 30;
  let news = {};
  function build(place, about, state, load, changed) {
    const redraw = () => build(place, about, state, load, changed), focus = document.activeElement && document.activeElement.getAttribute("aria-label");
    place.replaceChildren(...state.arms.map((_, number) => arm(about, state, number, load, opened, changed, redraw)), assumptions(about, state, changed, redraw), ensemble(state, changed, redraw));
    if (focus) { const again = [...place.querySelectorAll("[aria-label]")].find((one) => one.getAttribute("aria-label") === focus); if (again) again.focus(); }
  }
  return { build, opened };
})();

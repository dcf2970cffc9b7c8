"use strict";
// The page: takes a state, asks for its worlds and draws them. The last change wins.
(() => {
  const KEEPING = ["report", "copy", "write", "zip", "still-page"];
  const { make } = Charts, $ = (id) => document.getElementById(id);
  const still = $("still") && JSON.parse($("still").textContent);
  let about = null, state = null, shown = null, arm = 0, mode = "differences", world = null, told = null, wanted = null, timer = null, kept = null;

  const post = (where, body, signal) => fetch(where, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), signal });
  async function ask(where, body) {
    const found = await (await post(where, body)).json();
    if (found.kind === "error") throw new Error(found.text);
    return found;
  }
  const attempt = (work) => async () => { try { await work(); } catch (error) { $("kept").textContent = error.message; } };

  function changed() {
    $("headline").setAttribute("aria-busy", "true");
    kept = null; // a command of other worlds must not be copied
    for (const id of ["command", "keys", "files", "kept"]) $(id).replaceChildren();
    for (const id of KEEPING) $(id).disabled = true;
    clearTimeout(timer);
    timer = setTimeout(see, 60);
  }
  async function see() {
    if (wanted) wanted.abort();
    const mine = wanted = new AbortController(), asked = structuredClone(state);
    history.replaceState(null, "", `#${encodeURIComponent(JSON.stringify(asked))}`);
    $("error").textContent = "";
    try {
      const reader = (await post("see", asked, mine.signal)).body.pipeThrough(new TextDecoderStream()).getReader();
      for (let rest = ""; ;) {
        const { done, value } = await reader.read();
        const lines = (rest + (value || "")).split("\n");
        rest = lines.pop();
        for (const line of lines) if (line && mine === wanted) heard(JSON.parse(line), asked);
        if (done) break;
      }
      if (mine === wanted && $("headline").getAttribute("aria-busy") === "true") $("error").textContent = "These worlds could not be run. The terminal shows the reason.";
    } catch (error) {
      if (error.name !== "AbortError") { $("error").textContent = "The server does not answer: start knockon explore again."; }
    }
  }
  function heard(message, asked) {
    if (message.kind === "compiling") $("progress").textContent = "The rules of the model are being compiled. This takes about a minute, once per version.";
    if (message.kind === "error") { $("error").textContent = message.text; $("progress").textContent = ""; $("headline").setAttribute("aria-busy", "false"); }
    if (message.kind === "superseded") { $("error").textContent = "Another tab has asked since, and only the latest request is answered. Move a setting here to ask again."; $("headline").setAttribute("aria-busy", "false"); }
    if (message.kind === "growing") {
      $("progress").textContent = `Day ${message.day} of ${asked.days} \u2026`;
      const labels = shown ? shown.labels : [], place = Math.min(arm, asked.arms.length - 2);
      if (labels.length === asked.arms.length) Charts.fans($("fans"), message.fans, mode, place, labels, asked.days);
    }
    if (message.kind === "first" && shown && shown.labels.length === message.labels.length) { headline(message); $("caution").hidden = !message.short; }
    if (message.kind === "headline" && shown) { shown.headlines[message.place] = message; headline(); }
    if (message.kind === "done") {
      if (shown && message.labels.length > shown.labels.length) arm = message.labels.length - 2; // the one that was added
      shown = message;
      arm = Math.min(arm, message.labels.length - 2);
      $("progress").textContent = "";
      document.body.dataset.runs = message.runs;
      draw();
      if (told) $("story").replaceChildren(make("p", { className: "faint" }, `These worlds are new: show the story of world ${told.world} again, or choose another dot.`));
      told = null;
      $("headline").setAttribute("aria-busy", "false");
      keepable(asked);
    }
  }
  function draw() {
    const { labels } = shown;
    headline();
    $("caution").hidden = !shown.short;
    $("which").hidden = false;
    $("shown").replaceChildren(...labels.slice(1).map((label, place) => make("option", { value: place, selected: place === arm }, label)));
    $("against").textContent = labels[0];
    pictures();
  }
  function headline(found = shown) {
    const mine = found.headlines[arm], others = found.headlines.filter((_, place) => place !== arm);
    $("title").textContent = mine.title;
    $("sentences").replaceChildren(make("p", {}, mine.sentences[0].join(" ")), ...others.map((one) => make("p", { className: "hinge" }, one.title)),
      make("p", { className: "hinge" }, `${found.worlds} worlds of each arm, by day ${found.day}, compared with ${found.labels[0]}${found.held.length ? `; held at a value: ${found.held.join(", ")}` : ""}. ${mine.error}`));
    if (found === shown) $("words").replaceChildren(...mine.sentences.map(([text, ...hinges]) => make("li", {}, text, ...hinges.map((hinge) => make("span", { className: "hinge" }, ` ${hinge}`)))));
  }
  function pictures() {
    const colour = Charts.COLOURS[arm + 1];
    Charts.forest($("forest"), shown.rows[arm], colour);
    Charts.map($("map"), shown.map[arm], about.outlines, shown.worlds);
    Charts.fans($("fans"), shown.fans, mode, arm, shown.labels, shown.day);
    if (world !== null && world >= shown.worlds) world = null;
    Charts.dots($("dots"), shown.dots[arm], about.outcomes, $("dots-x").value, $("dots-y").value, world, choose, colour);
    $("world").max = shown.worlds - 1;
    $("world").value = world === null ? "" : world;
  }
  async function choose(number) {
    world = number;
    pictures();
    if (still) return;
    const asked = structuredClone(state);
    $("story").replaceChildren(make("p", { className: "faint" }, `World ${number} is being run again with its log of events \u2026`));
    try { told = await ask("story", { state: asked, arm: arm + 1, world: number }); tell(); } catch (error) { $("story").replaceChildren(make("p", {}, error.message)); }
  }
  function tell() {
    if (!told) return;
    const parts = told.parts === null ? "both arms are the same to the end" : `its arms diverge on day ${told.parts}`;
    const rows = told.events.map((event) => make("tr", {}, make("td", { className: "date" }, event.date), make("td", {}, event.arm ? "" : event.text), make("td", {}, event.arm ? event.text : "")));
    const counts = told.counts.map((row) => make("tr", {}, make("td", {}, row.event.toLowerCase().endsWith(row.unit) || row.unit === "attacks" ? row.event : `${row.event}, ${row.unit}`), ...row.numbers.map((number) => make("td", {}, String(number)))));
    rows.unshift(...counts);
    $("story").replaceChildren(make("p", {}, `World ${told.world}: ${parts}. The table first sums the frequent events. Then it lists the events that happened in only one arm, by date. This is one history of thousands; it does not show what is likely.`),
      make("div", { className: "scroll", tabIndex: 0, role: "group", "aria-label": `The story of world ${told.world}` }, make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "sum, or date"), ...told.labels.map((label) => make("th", { scope: "col" }, label)))), make("tbody", {}, ...rows))));
  }
  async function keepable(asked) {
    const mine = wanted;
    let found = null;
    try { found = await ask("kept", asked); } catch { return; }
    if (mine !== wanted || $("headline").getAttribute("aria-busy") === "true") return; // it was moved on meanwhile
    kept = found;
    showKept();
    for (const id of KEEPING) $(id).disabled = false;
    $("link").href = location.hash;
    $("kept").textContent = "";
  }
  function showKept() {
    $("command").textContent = kept.command;
    $("keys").textContent = `Keys of the arms: ${kept.keys.join(", ")}`;
    $("files").replaceChildren(...Object.entries(kept.files).map(([name, text]) => make("figure", {}, make("figcaption", { className: "note" }, name), make("pre", { tabIndex: 0, role: "group", "aria-label": name }, text))));
  }
  function save(blob, name) {
    const link = make("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function options() {
    for (const [id, first] of [["dots-x", "attacks"], ["dots-y", "civilian_deaths"]]) {
      $(id).replaceChildren(...Object.entries(about.outcomes).map(([name, title]) => make("option", { value: name, selected: name === first }, title)));
      $(id).addEventListener("change", pictures);
    }
    for (const one of document.getElementsByName("fans")) one.addEventListener("change", () => { mode = one.value; pictures(); });
    $("shown").addEventListener("change", () => { arm = Number($("shown").value); headline(); pictures(); if (world !== null) choose(world); });
    const go = () => {
      const given = $("world").value, number = Number(given), last = shown ? shown.worlds - 1 : 0;
      if (given !== "" && Number.isInteger(number) && number >= 0 && number <= last) choose(number);
      else { told = null; $("story").replaceChildren(make("p", { className: "faint" }, `A world is a whole number from 0 to ${last}.`)); }
    };
    $("tell").addEventListener("click", go);
    $("world").addEventListener("change", go);
    $("two-years").addEventListener("click", () => { state.days = 730; controls(); changed(); });
    $("report").addEventListener("click", attempt(async () => {
      const asked = structuredClone(state), title = $("title").textContent;
      $("report").disabled = true;
      $("kept").textContent = "The command is running. This takes about a minute \u2026";
      try {
        const found = await ask("report", asked);
        $("kept").replaceChildren("The report of \u201c", title, "\u201d: ", make("a", { href: found.address, target: "_blank" }, found.report));
      } finally { $("report").disabled = kept === null; }
    }));
    $("copy").addEventListener("click", attempt(async () => { await navigator.clipboard.writeText(kept.command); $("kept").textContent = "Copied."; }));
    $("write").addEventListener("click", attempt(async () => { const found = await ask("keep", state); $("kept").textContent = found.written.length ? `Written: ${found.written.join(", ")}.` : "No file is needed: the command names shipped scenarios."; }));
    $("zip").addEventListener("click", attempt(async () => save(await (await post("zip", state)).blob(), "knockon-explored.zip")));
    $("still-page").addEventListener("click", attempt(async () => save(await (await post("still", { about: { outcomes: about.outcomes, outlines: about.outlines }, shown, kept, arm, told, world })).blob(), "knockon-explored.html")));
  }
  const controls = () => Controls.build($("controls"), about, state, async (name) => (await fetch(`scenario/${encodeURIComponent(name)}`)).json(), changed);

  function fromAddress() {
    try { return location.hash.length > 1 ? JSON.parse(decodeURIComponent(location.hash.slice(1))) : null; } catch { return null; }
  }
  async function begin() {
    if (matchMedia("(max-width: 48rem)").matches) $("sheet").open = false;
    $("controls").addEventListener("submit", (event) => event.preventDefault());
    if (still) {
      ({ about, shown, kept, arm, told, world } = still);
      options();
      draw(); tell(); showKept();
      $("h-story").closest("section").hidden = !told;
      $("headline").setAttribute("aria-busy", "false");
      return;
    }
    about = await (await fetch("about")).json();
    const given = fromAddress();
    state = given && Array.isArray(given.arms) ? { held: {}, ...given } : about.state;
    for (const one of state.arms) one.policies = one.policies || await (await fetch(`scenario/${encodeURIComponent(one.scenario)}`)).json();
    Controls.opened.add(`arm 2 ${Object.keys(state.arms[1].policies).pop()}`);
    options();
    controls();
    see();
    addEventListener("hashchange", () => { const next = fromAddress(); if (next) { state = next; controls(); changed(); } });
  }
  begin();
})();

"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => heading.firstElementChild.addEventListener("click", () => {
    const sign = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    headings.forEach((other) => other.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", sign === 1 ? "ascending" : "descending");
    const body = table.tBodies[0];
    const keyed = [...body.rows].map((row) => {
      const cell = row.cells[column];
      const plain = cell.textContent.replace(/,/g, "").replace("\u2212", "-");
      const number = Number(cell.dataset.value ?? (plain || NaN));
      return { row, number, text: cell.textContent };
    });
    keyed.sort((a, b) => {
      if (Number.isNaN(a.number) && Number.isNaN(b.number)) return sign * a.text.localeCompare(b.text);
      if (Number.isNaN(a.number) || Number.isNaN(b.number)) return Number.isNaN(a.number) ? 1 : -1;
      return sign * (a.number - b.number);
    });
    body.append(...keyed.map(({ row }) => row));
  }));
}
const ofHundred = (share) => Math.round(100 * share);
function reweigh() {
  for (const row of document.querySelectorAll("#answer tr[data-forms]")) {
    const forms = JSON.parse(row.dataset.forms), moved = row.querySelector(".moved");
    const changed = [...document.querySelectorAll("#weights fieldset[data-changed]")].find((set) => set.dataset.switch in forms);
    moved.hidden = !changed;
    if (!changed) continue;
    const weights = weightsOf(changed), shares = [0, 0, 0];
    for (const [form, parts] of Object.entries(forms[changed.dataset.switch])) {
      parts.forEach((part, side) => { shares[side] += weights[form] * part; });
    }
    moved.textContent = `With your weights of ${changed.querySelector("legend").textContent.toLowerCase()}: more in ${ofHundred(shares[0])} of 100, about the same in ${ofHundred(shares[1])}, fewer in ${ofHundred(shares[2])}.`;
  }
}
function weightsOf(set) {
  return Object.fromEntries([...set.querySelectorAll("input")].map((input) => [input.dataset.form, Number(input.value) / 100]));
}
for (const set of document.querySelectorAll("#weights fieldset")) {
  const inputs = [...set.querySelectorAll("input")];
  const tell = () => inputs.forEach((input) => { input.parentElement.querySelector("output").textContent = Math.round(input.value); });
  inputs.forEach((input) => input.addEventListener("input", () => {
    // one switch at a time: the shares are stored by the forms of one switch, not by those of several together
    document.querySelectorAll("#weights fieldset").forEach((other) => { if (other !== set) give(other); });
    const rest = 100 - Number(input.value), others = inputs.filter((other) => other !== input);
    const before = others.reduce((sum, other) => sum + Number(other.dataset.given), 0);
    others.forEach((other) => { other.value = before ? rest * Number(other.dataset.given) / before : rest / others.length; });
    set.dataset.changed = "";
    tell();
    reweigh();
  }));
}
function give(set) {
  delete set.dataset.changed;
  for (const input of set.querySelectorAll("input")) {
    input.value = Math.round(100 * Number(input.dataset.given));
    input.parentElement.querySelector("output").textContent = input.value;
  }
}
document.getElementById("given")?.addEventListener("click", () => {
  document.querySelectorAll("#weights fieldset").forEach(give);
  reweigh();
});
const another = document.getElementById("another");
if (another) {
  const worlds = JSON.parse(another.dataset.worlds);
  let place = 0;
  another.addEventListener("click", () => {
    place = (place + 1) % worlds.length;
    const world = worlds[place];
    document.getElementById("world-here").setAttribute("d", world.here);
    document.getElementById("world-there").setAttribute("d", world.there);
    document.getElementById("world-told").textContent = `World ${world.number}: ${world.change > 0 ? "+" : ""}${world.change} deaths.`;
  });
}

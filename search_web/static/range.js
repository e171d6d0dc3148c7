// Dates by hand: a click on a bar, a stroke over bars, two handles, which keys move as well; the search follows when the pointer is
// lifted, or the handle rests.
const barsOf = (chart) => [...chart.querySelectorAll(".bar")];
const period = (bar) => bar.textContent.split(":")[0];
let timer, stroke, drawing;

// Draws the bars from `low` to `high` and returns their parameter `date`: nothing where they are all there is.
function draw(chart, low, high) {
  const bars = barsOf(chart), dates = chart.querySelector("svg").dataset.dates.split(" ");
  bars.forEach((bar, at) => bar.classList.toggle("drawn", at >= low && at <= high));
  chart.dataset.drawn = period(bars[low]) + (low < high ? " – " + period(bars[high]) : "");
  if (low === high) return dates[low];
  return !low && !bars[high + 1] && chart.matches(":has(+ .range)") ? "" : dates[low] + ".." + dates[high];
}
function erase() {
  clearTimeout(timer);
  document.querySelectorAll("[data-drawn]").forEach((chart) => {
    delete chart.dataset.drawn;
    barsOf(chart).forEach((bar) => bar.classList.remove("drawn"));
  });
}
function send(value) {
  const field = document.getElementById("range");
  field.disabled = false;
  field.value = value;
  field.form.requestSubmit();
  field.disabled = true;
}

addEventListener("pointerdown", (event) => {
  const svg = event.target.closest("[data-dates]");
  drawing = false;
  stroke = svg && event.isPrimary && !event.button ? { svg, from: event.clientX } : null;
});
addEventListener("pointermove", (event) => {
  if (!stroke || !event.isPrimary || !drawing && Math.abs(event.clientX - stroke.from) < 6) return; // pixels: else it is a click
  drawing = true;
  stroke.svg.setPointerCapture(event.pointerId); // it may leave the bars
  const chart = stroke.svg.parentElement, left = Math.min(stroke.from, event.clientX), right = Math.max(stroke.from, event.clientX);
  const met = barsOf(chart).map((bar) => bar.getBoundingClientRect()).map((box) => box.right > left && box.left < right);
  if (met.includes(true)) stroke.value = draw(chart, met.indexOf(true), met.lastIndexOf(true));
});
addEventListener("pointerup", () => {
  if (stroke?.value !== undefined) send(stroke.value);
  stroke = null;
});
function leave() {
  if (stroke) erase();
  stroke = null;
}
addEventListener("pointercancel", leave); // the finger scrolls
addEventListener("keydown", (event) => { if (event.key === "Escape") leave(); });
addEventListener("dragstart", (event) => { if (stroke) event.preventDefault(); }); // of a bar, which is a link
addEventListener("click", (event) => {
  if (drawing && event.detail) return event.preventDefault(); // it ends a stroke, and is of no key
  const bar = event.target.closest("[data-dates] g.bar"), chart = bar?.closest(".chart"); // the address is long
  if (bar) send(draw(chart, ...Array(2).fill(barsOf(chart).indexOf(bar))));
}, true);

addEventListener("input", (event) => {
  const handle = event.target, range = handle.closest(".range");
  if (!range) return;
  const chart = range.previousElementSibling, bars = barsOf(chart), places = bars.map((bar) => bar.querySelector("rect").x.baseVal.value / 10);
  const at = +handle.value > (handle.was ?? handle.defaultValue) // to the next bar, where periods without articles have none
    ? places.findIndex((place) => place >= handle.value) : places.findLastIndex((place) => place <= handle.value);
  handle.value = handle.was = places[at];
  handle.ariaValueText = period(bars[at]);
  const [low, high] = [...range.children].map((each) => places.indexOf(+each.value)).sort((a, b) => a - b);
  const value = draw(chart, low, high);
  clearTimeout(timer);
  timer = setTimeout(() => send(value), 600);
});
addEventListener("backfile:shown", () => {
  erase();
  document.querySelectorAll(".range input").forEach((each) => { each.value = each.was = each.defaultValue; });
});

// A click on a bar, and a range of dates: two handles at the foot of the bars, moved by mouse, touch or keys. While one moves the bars show it; once it
// rests the search follows.
(() => {
  let timer;
  const range = () => document.querySelector(".range");
  const drawn = (chart) => [...chart.querySelectorAll(".bar")];
  const dates = (chart) => chart.querySelector("svg").dataset.dates.split(" "); // of its bars
  function paint() {
    const chart = range().previousElementSibling, bars = drawn(chart);
    const [low, high] = [...range().children].map((each) => {
      each.ariaValueText = bars[each.value].textContent.split(":")[0];
      return +each.value;
    }).sort((a, b) => a - b);
    bars.forEach((bar, at) => bar.classList.toggle("within", at >= low && at <= high));
    return dates(chart)[low] + ".." + dates(chart)[high];
  }
  function send(value) {
    const field = document.getElementById("range");
    field.disabled = false;
    field.value = value;
    field.form.requestSubmit();
  }
  addEventListener("click", (event) => { // on a bar without a link, where the address is long
    const bar = event.target.closest("#filters g.bar"), chart = bar && bar.closest(".chart");
    if (bar) send(dates(chart)[drawn(chart).indexOf(bar)]);
  });
  addEventListener("input", (event) => {
    if (!event.target.closest(".range")) return;
    paint();
    clearTimeout(timer);
    timer = setTimeout(() => send(paint()), 600);
  });
  document.addEventListener("backfile:shown", () => {
    if (range()) for (const each of range().children) each.value = each.defaultValue;
  });
})();

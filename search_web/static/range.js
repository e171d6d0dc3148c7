// A range of dates: two handles at the foot of the bars, moved by mouse, touch or keys. While one moves the bars show it; once it
// rests the search follows.
(() => {
  let timer;
  const range = () => document.querySelector(".range");
  function paint() {
    const bars = [...range().previousElementSibling.querySelectorAll(".bar")];
    const [low, high] = [...range().children].map((each) => {
      each.ariaValueText = bars[each.value].textContent.split(":")[0];
      return +each.value;
    }).sort((a, b) => a - b);
    bars.forEach((bar, at) => bar.classList.toggle("within", at >= low && at <= high));
    return bars[low].dataset.day + ".." + bars[high].dataset.day;
  }
  function send() {
    const field = document.getElementById("range");
    field.disabled = false;
    field.value = paint();
    field.form.requestSubmit();
  }
  addEventListener("input", (event) => {
    if (!event.target.closest(".range")) return;
    paint();
    clearTimeout(timer);
    timer = setTimeout(send, 600);
  });
  document.addEventListener("backfile:shown", () => {
    if (range()) for (const each of range().children) each.value = each.defaultValue;
  });
})();

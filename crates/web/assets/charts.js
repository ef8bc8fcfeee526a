// Draws the review. Every figure stands in a table of the page too; without this script only the drawings are missing.
"use strict";
(function () {
  const source = document.getElementById("review-data");
  if (!source || typeof echarts === "undefined") return;
  const data = JSON.parse(source.textContent);
  const words = data.words;
  const charts = [];
  function draw(id, option) {
    const place = document.getElementById("chart-" + id);
    if (!place) return;
    const chart = echarts.init(place, null, { renderer: "svg" });
    chart.setOption(Object.assign({ animation: false, aria: { enabled: true }, tooltip: { trigger: "axis", renderMode: "richText" },
      grid: { left: 70, right: 50, top: 40, bottom: 40 }, color: ["#1677ff", "#52c41a", "#fa8c16", "#722ed1", "#13c2c2", "#f5222d", "#8c8c8c"] }, option));
    charts.push(chart);
  }
  draw("rates", { legend: { top: 0 }, xAxis: { type: "category", data: data.rates.months },
    yAxis: [{ type: "value" }, { type: "value", max: 100, min: 0, axisLabel: { formatter: "{value}%" } }],
    series: [{ name: words.receivable, type: "bar", data: data.rates.receivable, itemStyle: { color: "#cfe0ff" } },
      { name: words.collected, type: "bar", data: data.rates.collected },
      { name: words.rate, type: "line", yAxisIndex: 1, data: data.rates.rate, itemStyle: { color: "#fa8c16" } }] });
  const bars = (id, names, values, name) => draw(id, { tooltip: { trigger: "item", renderMode: "richText" }, grid: { left: 110, right: 60, top: 8, bottom: 24 },
    xAxis: { type: "value", splitNumber: 4 }, yAxis: { type: "category", inverse: true, data: names, axisTick: { show: false } },
    series: [{ name: name, type: "bar", data: values, barMaxWidth: 22, label: { show: true, position: "right" } }] });
  bars("ageing", data.ageing.bands, data.ageing.owed, words.owed);
  for (const group of data.groups) {
    if (group.id === "buildings") draw("buildings", { xAxis: { type: "category", data: group.names }, yAxis: { type: "value" }, series: [{ name: words.owed, type: "bar", barMaxWidth: 48, data: group.owed }] });
    else bars(group.id, group.names, group.units, words.units);
  }
  const fit = () => charts.forEach((chart) => chart.resize());
  window.addEventListener("resize", fit);
  // A sheet is narrower than the screen the drawing was made for: A4 less its margins, in CSS pixels.
  window.addEventListener("beforeprint", () => charts.forEach((chart) => {
    chart.resize({ width: 660 });
    chart.getZr().flush();
  }));
  window.addEventListener("afterprint", () => charts.forEach((chart) => chart.resize({ width: "auto" })));
})();

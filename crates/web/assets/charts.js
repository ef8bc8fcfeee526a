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
    chart.setOption(Object.assign({ animation: false, aria: { enabled: true }, tooltip: { trigger: "axis" },
      grid: { left: 70, right: 50, top: 40, bottom: 40 }, color: ["#1677ff", "#52c41a", "#fa8c16", "#722ed1", "#13c2c2", "#f5222d", "#8c8c8c"] }, option));
    charts.push(chart);
  }
  draw("rates", { legend: { top: 0 }, xAxis: { type: "category", data: data.rates.months },
    yAxis: [{ type: "value" }, { type: "value", max: 100, min: 0, axisLabel: { formatter: "{value}%" } }],
    series: [{ name: words.receivable, type: "bar", data: data.rates.receivable, itemStyle: { color: "#cfe0ff" } },
      { name: words.collected, type: "bar", data: data.rates.collected },
      { name: words.rate, type: "line", yAxisIndex: 1, data: data.rates.rate, itemStyle: { color: "#fa8c16" } }] });
  draw("ageing", { xAxis: { type: "category", data: data.ageing.bands }, yAxis: { type: "value" },
    series: [{ name: words.owed, type: "bar", data: data.ageing.owed }] });
  for (const group of data.groups) {
    const pairs = group.names.map((name, at) => ({ name: name, value: group.units[at] }));
    if (group.id === "stages") draw("stages", { tooltip: { trigger: "item" }, series: [{ type: "funnel", sort: "none", left: 20, right: 20, top: 10, bottom: 10, label: { formatter: "{b} {c} " + words.units, position: "inside", color: "#182433" }, data: pairs }] });
    if (group.id === "causes") draw("causes", { tooltip: { trigger: "item" }, series: [{ type: "pie", radius: ["35%", "70%"], label: { formatter: "{b} {c} " + words.units }, data: pairs }] });
    if (group.id === "buildings") draw("buildings", { xAxis: { type: "category", data: group.names }, yAxis: { type: "value" }, series: [{ name: words.owed, type: "bar", data: group.owed }] });
  }
  window.addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
})();

// What Hemu draws: bars, lines, pies and funnels, with tooltip, legend and a description for screen readers.
// SVG renderer: sharp on paper and at any zoom, and smaller than canvas. See ../VERSIONS.md for the build.
import { use } from "echarts/core";
import { BarChart, FunnelChart, LineChart, PieChart } from "echarts/charts";
import {
  AriaComponent,
  DatasetComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
  TooltipComponent,
} from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([
  BarChart, FunnelChart, LineChart, PieChart,
  AriaComponent, DatasetComponent, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, TooltipComponent,
  SVGRenderer,
]);

export { init, getInstanceByDom, graphic, registerLocale } from "echarts/core";

// The relation graph: who is landlord, group, operator ... of whom, within two steps. The list below it says the same.
import * as echarts from "../vendor/echarts/echarts.esm.min.mjs";

export async function mount(element) {
  const response = await fetch(element.dataset.url, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(response.status);
  const { nodes, edges } = await response.json();
  const style = getComputedStyle(element);
  const colour = (name) => style.getPropertyValue(name).trim();
  const chart = echarts.init(element, null, { renderer: "canvas" });
  const tones = [colour("--accent"), colour("--ink-2"), colour("--line-2")];
  chart.setOption({
    aria: { enabled: true, label: { description: element.dataset.label } },
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    series: [{
      type: "graph", layout: "force", roam: "move", draggable: true, cursor: "pointer",
      force: { repulsion: 300, edgeLength: [70, 115], gravity: 0.12 },
      edgeSymbol: ["none", "arrow"], edgeSymbolSize: 7,
      lineStyle: { color: colour("--ink-3"), width: 1.2 },
      edgeLabel: { show: true, formatter: (line) => line.data.label, fontSize: 12, color: colour("--ink-2") },
      label: { show: true, position: "bottom", fontSize: 12, color: colour("--ink"), width: 116, overflow: "truncate" },
      data: nodes.map((node) => ({ id: String(node.id), name: node.name, url: node.url, symbolSize: node.depth ? 14 : 24, itemStyle: { color: tones[node.depth] } })),
      links: edges.map((edge) => ({ source: String(edge.from), target: String(edge.to), label: edge.label })),
    }],
  });
  chart.on("click", ({ data }) => data.url && location.assign(data.url));
  const resized = new ResizeObserver(() => chart.resize());
  resized.observe(element);
  return () => {
    resized.disconnect();
    chart.dispose();
  };
}

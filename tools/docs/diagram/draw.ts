import { Graphviz } from '@hpcc-js/wasm-graphviz'
import { type Graph, type Node, waysOf } from './graph.ts'

/**
 * Font size of Graphviz's layout, in Arial; the picture uses 13. The difference leaves room for wider fonts such as DejaVu Sans and
 * Noto Sans.
 */
const LAYOUT_SIZE = 16

/** Light and dark colours. The picture sets its own background: a page's theme may differ from the system's. */
const STYLE = `
svg{--ground:#fff;--zone:#f6f8fa;--box:#fff;--frame:#d0d7de;--ink:#1f2328;--soft:#59636e;--line:#818b98;--caller:#59636e;--api:#8250df;--function:#bc4c00;--data:#0969da;--other:#1a7f37}
@media(prefers-color-scheme:dark){svg{--ground:#0d1117;--zone:#151b23;--box:#0d1117;--frame:#3d444d;--ink:#f0f6fc;--soft:#9198a1;--line:#9198a1;--caller:#9198a1;--api:#ab7df8;--function:#f0883e;--data:#4493f8;--other:#3fb950}}
text{font:13px -apple-system,"Segoe UI","Noto Sans","Liberation Sans",Arial,sans-serif;fill:var(--soft)}
text[font-weight]{font-weight:600;fill:var(--ink)}
.graph>polygon{fill:var(--ground)}
.cluster path{fill:var(--zone);stroke:var(--frame)}
.vpc path{fill:var(--ground);stroke-dasharray:5 4}
.node path{fill:var(--box);stroke-width:1.5}
${['caller', 'api', 'function', 'data', 'other'].map((kind) => `.${kind} path{stroke:var(--${kind})}`).join('')}
.edge path{stroke:var(--line);stroke-width:1.25}.edge polygon{fill:var(--line);stroke:var(--line)}`

/** Draws a stack as SVG. */
export async function draw(graph: Graph, region: string): Promise<string> {
  const graphviz = await Graphviz.load()
  const svg = graphviz.layout(toDot(graph, region), 'svg', 'dot')
  const [, width = '', height = ''] = /viewBox="[\d.]+ [\d.]+ ([\d.]+) ([\d.]+)"/.exec(svg) ?? []
  const drawn = svg
    .slice(svg.indexOf('<g id="graph0"'))
    .replaceAll(/<!--.*?-->\n|<title>.*?<\/title>\n| xml:space="preserve"| font-(?:family|size)="[^"]*"/gs, '')
  const things = graph.nodes.map(({ title, lines }) => [title, ...lines].join(', '))
  const inWords = `In AWS, ${region}: ${things.join('; ')}. ${waysOf(graph).join('; ')}.`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">
<title id="title">Architecture</title>
<desc id="description">${escapeXml(inWords)}</desc>
<style>${STYLE}</style>
${drawn}`
}

const escapeXml = (text: string) => text.replaceAll(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
/** Joins words into lines of up to 88 characters. */
const wrapped = (words: readonly string[]) => words.join(' · ').replaceAll(/(.{70,88}) · /g, '$1<br align="left"/>')
const quote = (text: string) => JSON.stringify(text)
const shortened = (text: string) => (text.length > 28 ? `${text.slice(0, 27)}…` : text)

/** Converts the graph to DOT, from left to right. */
function toDot({ vpc, nodes, edges, beside }: Graph, region: string): string {
  const node = ({ id, kind, title, lines }: Node) => {
    const rows = [`<b>${escapeXml(shortened(title))}</b>`, ...lines.map((line) => escapeXml(shortened(line)))]
    return `${quote(id)} [class=${kind} label=<${rows.map((row) => `${row}<br align="left"/>`).join('')}>]`
  }
  const inside = (place: Node['place']) => nodes.filter((each) => each.place === place).map(node)
  return `digraph {
    graph [rankdir=LR nodesep=0.3 ranksep=0.55 pad=0.15 style=rounded fontname=Arial fontsize=${LAYOUT_SIZE} labeljust=l]
    node [shape=box style=rounded margin="0.16,0.1" fontname=Arial fontsize=${LAYOUT_SIZE}]
    edge [fontname=Arial fontsize=${LAYOUT_SIZE} arrowsize=0.7]
    ${inside('outside').join('\n')}
    subgraph cluster_aws {
      label=<<b>AWS · ${region}</b>>
      subgraph cluster_vpc { class=vpc label=<<b>${escapeXml(vpc)}</b>>
        ${inside('vpc').join('\n')} }
      ${inside('aws').join('\n')}
    }
    ${edges.map(({ from, to, label, dashed }) => `${quote(from)} -> ${quote(to)} [label=${quote(label)} style=${dashed ? 'dashed' : 'solid'}]`).join('\n')}
    label=<Beside them: ${wrapped(beside)}<br align="left"/>>
  }`
}

/**
 * How the page looks: on paper, on a telephone, in the dark. No script, no font and no picture from anywhere: the file shows the same
 * wherever it is opened, also without a network. The language is a radio button, so that choosing one needs no script.
 */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #16212b; --quiet: #5a6875; --line: #d9e0e5; --paper: #fff; --ground: #f2f5f6; --brand: #12495a; --tint: #e6f0f2; --good: #17683b; --good-tint: #e2f2e8; --gone: #8a3b1e; --gone-tint: #f9e9e2 }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #e7edf1; --quiet: #9fb0bc; --line: #32414c; --paper: #172029; --ground: #0f161c; --brand: #8fcadb; --tint: #1e323b; --good: #85d3a3; --good-tint: #17352a; --gone: #f0a98c; --gone-tint: #3b241b } }
@page { size: A4; margin: 18mm 17mm 20mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; color: #5a6875 } }
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", sans-serif }
article { display: none; max-width: 56rem; margin: 0 auto; padding: 0 clamp(1rem, 4vw, 3rem) 3rem; background: var(--paper) }
#show-fi:checked ~ article[lang=fi], #show-sv:checked ~ article[lang=sv], #show-en:checked ~ article[lang=en] { display: block }
.choice { position: absolute; opacity: 0; width: 1px; height: 1px }
.switch { display: flex; justify-content: flex-end; gap: .25rem; max-width: 56rem; margin: 0 auto; padding: .75rem clamp(1rem, 4vw, 3rem); background: var(--paper) }
.switch label { min-width: 2.75rem; min-height: 2.75rem; display: grid; place-items: center; padding: 0 .9rem; border-radius: 99rem; color: var(--quiet); font-size: .9rem; cursor: pointer }
.switch label:hover { background: var(--ground) }
#show-fi:checked ~ .switch [for=show-fi], #show-sv:checked ~ .switch [for=show-sv], #show-en:checked ~ .switch [for=show-en] { background: var(--brand); color: var(--paper); font-weight: 600 }
#show-fi:focus-visible ~ .switch [for=show-fi], #show-sv:focus-visible ~ .switch [for=show-sv], #show-en:focus-visible ~ .switch [for=show-en] { outline: 3px solid var(--brand); outline-offset: 2px }
h1, h2, h3 { line-height: 1.2; text-wrap: balance }
h1 { margin: .15em 0 .3em; font: 600 clamp(2.1rem, 7vw, 3.2rem)/1.08 Georgia, "Iowan Old Style", "Palatino Linotype", "Liberation Serif", serif; letter-spacing: -.015em; color: var(--brand) }
h2 { margin: 0 0 .35rem; font: 600 1.55rem/1.2 Georgia, "Iowan Old Style", "Palatino Linotype", "Liberation Serif", serif; color: var(--brand) }
h3 { margin: 1.6rem 0 .4rem; font-size: 1rem }
p { margin: 0 0 .6rem; max-width: 42rem } a { color: var(--brand) }
.eyebrow { margin: 0; font-size: .8rem; font-weight: 600; letter-spacing: .08em; text-transform: uppercase; color: var(--quiet) }
.whose { font-size: 1.2rem } .quiet, .source { color: var(--quiet) } .source { font-size: .85rem }
header { padding: 1.5rem 0 1.25rem; border-bottom: 3px solid var(--brand) }
.sums { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.5rem, 1fr)); gap: .75rem; margin: 1.5rem 0; padding: 0; list-style: none }
.sums li { padding: .8rem 1rem; border-radius: .6rem; background: var(--tint); font-size: .85rem; line-height: 1.3 } .sums b { display: block; font: 600 1.9rem/1.15 Georgia, "Liberation Serif", serif; color: var(--brand); font-variant-numeric: tabular-nums }
.contents { columns: 2 16rem; margin: 0; padding: 0; list-style: none } .contents li { break-inside: avoid } .contents a { display: flex; justify-content: space-between; gap: 1rem; padding: .5rem 0; border-bottom: 1px solid var(--line); text-decoration: none } .contents a:hover { text-decoration: underline } .contents span { color: var(--quiet); font-variant-numeric: tabular-nums }
section { margin-top: 3rem }
.facts { margin: 1rem 0 0 } .facts > div { display: grid; grid-template-columns: 13.5rem 1fr auto; align-items: baseline; gap: 0 1.5rem; padding: .55rem 0; border-bottom: 1px solid var(--line) } dt { color: var(--quiet) } dd { margin: 0; overflow-wrap: anywhere }
table { width: 100%; margin-top: 1rem; border-collapse: collapse; font-size: .92rem } thead { display: table-header-group } th { padding: 0 .9rem .4rem 0; border-bottom: 2px solid var(--brand); text-align: left; vertical-align: bottom; font-size: .8rem; font-weight: 600; color: var(--quiet) }
td { padding: .55rem .9rem .55rem 0; vertical-align: top; overflow-wrap: break-word; hyphens: auto } tbody { border-bottom: 1px solid var(--line) } td time { white-space: nowrap } .more td { padding-top: 0 } .more dd { overflow-wrap: anywhere } .more dl { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; margin: 0; font-size: .82rem; color: var(--quiet) } .more div { display: flex; gap: .35em } .more dt::after { content: ":" } .more dd { color: var(--ink) }
.card { margin-top: 1rem; padding: 1rem 1.25rem 1.1rem; border: 1px solid var(--line); border-radius: .75rem } .card h3 { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem .7rem; margin: 0 0 .6rem; font-size: 1.05rem } .card h3 time { margin-left: auto; font-weight: 400; font-size: .9rem; color: var(--quiet) }
.card dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .5rem 1.5rem; margin: 0; font-size: .9rem } .card dt { font-size: .78rem }
blockquote { margin: .9rem 0 0; padding: .7rem 1rem; border-left: 3px solid var(--brand); background: var(--tint); font-family: Georgia, "Liberation Serif", serif; white-space: pre-line } blockquote footer { margin-top: .35rem; font: .78rem/1.4 system-ui, sans-serif; color: var(--quiet); white-space: normal; overflow-wrap: anywhere }
.badge { display: inline-block; padding: .1rem .65rem; border-radius: 99rem; font-size: .85rem; font-weight: 600 } .badge.good { background: var(--good-tint); color: var(--good) } .badge.gone { background: var(--gone-tint); color: var(--gone) }
.none { columns: 2 16rem; padding-left: 1.1rem; color: var(--quiet) }
.end { margin-top: 3rem; padding-top: 1rem; border-top: 3px solid var(--brand); font-size: .88rem; color: var(--quiet) }
code { font: .85em/1.4 ui-monospace, Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere }
@media screen and (max-width: 40rem) {
  .facts > div { grid-template-columns: 1fr }
  table, tbody, tr, td { display: block } thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  tbody { padding: .7rem 0 } td { display: grid; grid-template-columns: 7.5rem 1fr; gap: .75rem; padding: .12rem 0; overflow-wrap: anywhere } td[data-label]::before { content: attr(data-label); color: var(--quiet); font-size: .85rem } .more td { display: block; padding-top: .3rem } .card { padding: .9rem 1rem } .card h3 time { margin-left: 0 }
}
@media print {
  html { font-size: 9.2pt } .head + * { break-before: avoid } body, article { background: none } article { max-width: none; padding: 0 } .switch, .choice { display: none }
  header { padding-top: 0 } section { margin-top: 9mm } p { orphans: 3; widows: 3 } h3, .head, thead { break-after: avoid } .head, thead, tbody, .card, .facts > div, .sums li { break-inside: avoid } a { color: inherit; text-decoration: none }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact }
}`;

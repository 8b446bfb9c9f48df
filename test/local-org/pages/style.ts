/** How the pages of the org look, at a desk and on a phone. */
export const STYLE = `
:root { --blue: #0176d3; --dark: #032d60; --line: #c9c9c9; --soft: #f3f3f3; --text: #181818; --quiet: #5c5c5c; --red: #ba0517; --green: #2e844a; }
* { box-sizing: border-box; }
body { margin: 0; font: 14px/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif; color: var(--text); background: #e9f1fb; }
a { color: #0b5cab; text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; }
header { background: #fff; border-bottom: 3px solid var(--blue); }
.brand { display: flex; align-items: center; gap: .75rem; padding: .5rem 1.25rem; }
.brand strong { font-size: 1.125rem; }
.cloud { width: 30px; height: 20px; border-radius: 12px; background: linear-gradient(135deg, #1b96ff, var(--blue)); }
.who { margin-left: auto; color: var(--quiet); }
nav { display: flex; overflow-x: auto; padding: 0 1rem; }
nav a { padding: .5rem .75rem; color: var(--text); white-space: nowrap; border-top: 3px solid transparent; }
nav a[aria-current] { border-top-color: var(--blue); background: #eef4ff; font-weight: 600; }
main { max-width: 1200px; margin: 1rem auto; padding: 0 1rem; }
.card { background: #fff; border: 1px solid var(--line); border-radius: .25rem; box-shadow: 0 2px 2px #0000000d; margin-bottom: 1rem; }
.card > * { padding-left: 1.25rem; padding-right: 1.25rem; }
.head { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem; padding-top: 1rem; padding-bottom: 1rem; }
.head h1 { margin: 0; font-size: 1.25rem; line-height: 1.25; }
.head .kind { color: var(--quiet); font-size: .8125rem; margin: 0; }
.head .actions { margin-left: auto; display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
.button, button { display: inline-block; font: inherit; padding: .3rem 1rem; border: 1px solid #747474; border-radius: .25rem; background: #fff; color: #0b5cab; cursor: pointer; }
.button:hover, button:hover { background: var(--soft); text-decoration: none; }
.primary, button.primary { background: var(--blue); border-color: var(--blue); color: #fff; }
.primary:hover, button.primary:hover { background: #014486; }
button.danger { color: var(--red); }
.table { overflow-x: auto; padding: 0; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .4rem 1.25rem; border-top: 1px solid #e5e5e5; white-space: nowrap; max-width: 22rem; overflow: hidden; text-overflow: ellipsis; }
thead th { background: var(--soft); font-weight: 600; color: var(--quiet); }
tbody th { font-weight: 400; }
tbody tr:hover { background: #f8fafd; }
.empty { padding: 2rem 1.25rem; color: var(--quiet); text-align: center; margin: 0; }
.foot { display: flex; gap: 1rem; align-items: center; padding-top: .6rem; padding-bottom: .6rem; border-top: 1px solid #e5e5e5; color: var(--quiet); }
.foot .next { margin-left: auto; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 0 2rem; margin: 0; padding-bottom: 1.25rem; }
.field { display: grid; grid-template-columns: 11rem 1fr; gap: .75rem; padding: .45rem 0; border-bottom: 1px solid #e5e5e5; align-items: center; min-width: 0; }
.field dt, .field label { color: var(--quiet); overflow-wrap: anywhere; }
.field dd { margin: 0; overflow-wrap: anywhere; }
input, select, textarea { font: inherit; width: 100%; padding: .3rem .6rem; border: 1px solid #747474; border-radius: .25rem; background: #fff; color: inherit; min-width: 0; }
input[type=checkbox] { width: 1.15rem; height: 1.15rem; accent-color: var(--blue); }
input[type=search] { width: 16rem; max-width: 100%; }
.required::before { content: '* '; color: var(--red); }
.wrong input, .wrong select, .wrong textarea { border-color: var(--red); outline: 1px solid var(--red); }
.note { border-radius: .25rem; padding: .6rem 1.25rem; margin: 0 0 1rem; color: #fff; background: var(--green); }
.note.error { background: var(--red); }
.note p { margin: 0; }
details summary { padding: .75rem 0; cursor: pointer; font-weight: 600; }
.bar { display: flex; justify-content: center; gap: .75rem; padding-top: .75rem; padding-bottom: .75rem; border-top: 1px solid var(--line); background: var(--soft); position: sticky; bottom: 0; }
@media (max-width: 700px) {
  main { padding: 0 .5rem; margin-top: .5rem; }
  .card > *, th, td { padding-left: .75rem; padding-right: .75rem; }
  .table { padding: 0; }
  .fields { grid-template-columns: 1fr; }
  .field { grid-template-columns: 8.5rem 1fr; }
  .head .actions { margin-left: 0; width: 100%; }
  .head form { flex: 1; }
  input[type=search] { width: 100%; }
}
`;

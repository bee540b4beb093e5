"""The sandbox's HTML: one frame for all pages, everything that came from outside escaped."""

from __future__ import annotations

from html import escape

STYLE = """
:root{color-scheme:light dark;--ground:#f5f5f2;--card:#fff;--ink:#1c1c1a;--quiet:#6b6b65;--line:#deded8;--mark:#2f5d50}
@media (prefers-color-scheme:dark){:root{--ground:#161615;--card:#222220;--ink:#eeeeea;--quiet:#a3a39b;--line:#3a3a36;
--mark:#8fc7b5}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:1180px;margin:0 auto;padding:1.5rem 1rem 4rem}h1{font-size:1.5rem;margin:.2rem 0}
h2{font-size:1.05rem;margin:0;overflow-wrap:anywhere}p{margin:.4rem 0}a{color:var(--mark)}
.quiet{color:var(--quiet)}.small{font-size:.86rem}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(270px,1fr));gap:1rem;margin-top:1.2rem;align-items:start}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;overflow:hidden}
.card video,.card .nothing{display:block;width:100%;height:340px;background:#0c0c0b;object-fit:contain}
.card .nothing{display:grid;place-items:center;color:#b9b9b2;padding:1rem;text-align:center}
.words{padding:.8rem .9rem 1rem}.text{white-space:pre-wrap;overflow-wrap:anywhere;
max-height:9rem;overflow:auto;margin:.4rem 0}
.labels{display:flex;flex-wrap:wrap;gap:.3rem;margin:.5rem 0}
.label{border:1px solid var(--line);border-radius:99px;padding:0 .55rem;font-size:.78rem;white-space:nowrap}
.label.good{border-color:#3d8a5f;color:#2b7a4f}.label.bad{border-color:#b3402f;color:#b3402f}
.label.wait{border-color:#a87b1c;color:#93690f}
@media (prefers-color-scheme:dark){.label.good{color:#7fd0a2}.label.bad{color:#ef8d7d}.label.wait{color:#dcb35c}}
summary{cursor:pointer;color:var(--quiet);font-size:.84rem;margin-top:.5rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .8rem;margin:.5rem 0 0;font-size:.84rem}
dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}code{font-size:.8rem;overflow-wrap:anywhere}
.box{max-width:560px;margin:4rem auto;background:var(--card);border:1px solid var(--line);
border-radius:10px;padding:1.5rem}
fieldset{border:1px solid var(--line);border-radius:8px;margin:1rem 0;padding:.6rem .9rem}
label{display:block;margin:.25rem 0;overflow-wrap:anywhere}
input[type=text]{width:100%;padding:.45rem .6rem;font:inherit;border:1px solid var(--line);border-radius:6px;
background:var(--ground);color:inherit}
button{font:inherit;padding:.5rem 1.3rem;border-radius:8px;border:1px solid var(--line);
background:var(--card);color:inherit;cursor:pointer}
button.yes{background:var(--mark);border-color:var(--mark);color:var(--card)}.buttons{display:flex;gap:.7rem;justify-content:flex-end}
"""


RELOAD = """<script>
setInterval(() => {
  const used = [...document.querySelectorAll("video")].some((one) => !one.paused || one.currentTime > 0);
  if (!used && !document.querySelector("details[open]")) location.reload();
}, SECONDS * 1000);
</script>"""


def frame(title: str, content: str, refresh_seconds: int | None = None) -> str:
    """Return a whole page; `content` is HTML, `title` is text. It does not reload while somebody is watching."""
    refresh = RELOAD.replace("SECONDS", str(refresh_seconds)) if refresh_seconds else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">{refresh}'
        f"<style>{STYLE}</style></head><body>{content}</body></html>"
    )


def error_page(why: str) -> str:
    """Return the page for a request that cannot be answered with a redirect."""
    return frame("Error 400", f'<div class="box"><h1>Access blocked</h1><p>{escape(why)}</p></div>')


def consent_page(place: str, app: str, scopes: list[str], names: list[str], *, asks_pages: bool = False) -> str:
    """Return the page on which a person allows or denies, account by account and scope by scope.

    With `asks_pages` a field takes the pages the person has (with commas), so that there is a choice among several.
    """
    boxes = "".join(
        f'<label><input type="checkbox" name="scope" value="{escape(one)}" checked> {escape(one)}</label>'
        for one in scopes
    )
    choices = "".join(
        f'<label><input type="radio" name="account" value="{escape(name)}"{" checked" if number == 0 else ""}> '
        f"{escape(name)}</label>"
        for number, name in enumerate(names)
    )
    pages = '<label>Its pages, with commas <input type="text" name="pages"></label>' if asks_pages else ""
    proposed = "" if names else "My channel"
    return frame(
        f"Sign in to {place} (sandbox)",
        f'<form class="box" method="post"><p class="quiet small">{place}, as the sandbox plays it</p>'
        f"<h1>Allow access?</h1><p><code>{escape(app)}</code> wants to use an account of yours.</p>"
        f"<fieldset><legend>Account</legend>{choices}"
        f'<label>A new one <input type="text" name="new_account" value="{proposed}"></label>{pages}</fieldset>'
        f"<fieldset><legend>What it may do</legend>{boxes}</fieldset>"
        '<div class="buttons"><button name="decision" value="deny">Deny</button>'
        '<button class="yes" name="decision" value="allow">Allow</button></div></form>',
    )

"""The table of contents: the web application around the pages, and which pages there are, in order.

The server imports this file and finds `app`; each rerun of a session runs it as a script and finds the navigation.
"""

from pathlib import Path

import streamlit as st

if __name__ == "__main__":
    from panorama.ui.shell import navigate

    navigate()
else:
    from panorama.ui.web import LIFESPAN, MIDDLEWARE, ROUTES

    app = st.App(Path(__file__), middleware=MIDDLEWARE, routes=ROUTES, lifespan=LIFESPAN)

"""What pages share on screen. Besides pages/ and app.py the only place that knows Streamlit."""

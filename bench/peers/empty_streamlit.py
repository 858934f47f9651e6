"""The least that a Streamlit page can be: the floor of every first paint."""

import streamlit as st

st.title("空のページ")

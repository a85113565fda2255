"""Everything that touches Keras: building, training, answering.

Runs in a worker process or under the command line, never in the Streamlit process: Streamlit calls
``keras.backend.clear_session()`` after every script run of any visitor once Keras is imported there.
"""

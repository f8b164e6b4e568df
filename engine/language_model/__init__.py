"""The local language model: it chooses among approved words and never writes freely.

protocol         what drafting asks of a model, and a scripted stand-in
llama            a GGUF file through llama.cpp, held to a grammar by llguidance; with `llama_context` the only importers
token_tree       all options of a choice as one batch over a shared prefix
answer_memory    answers kept for the next process
model_file       what is in the file, and the libraries that compute with it
"""

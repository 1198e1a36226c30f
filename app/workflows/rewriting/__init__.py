"""Repairs of an export, made on its syntax tree when it is loaded. The file on disk stays as it is.

    tree.py            a tree under repair: replacing, and the report of what was done
    order.py           which repairs there are, and in which order they are made

One repair a module. Each finds what it needs by syntax, does nothing where that is missing, and says with
line and sentence what it has done or why it could not. Code that it writes calls `__chatkit__`, which is
`app/workflows/runtime.py`.
"""

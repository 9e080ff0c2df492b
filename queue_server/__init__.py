"""Jiaohao 叫号: the queue and counter server of a service hall."""

__version__ = "0.1.0"

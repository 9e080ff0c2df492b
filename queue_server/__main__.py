"""`python -m queue_server`, and the script `jiaohao`."""

from queue_server.commands.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main(prog_name="jiaohao")

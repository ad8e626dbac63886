"""``python -m rdpscore``."""

try:
    from rdpscore.cli import main
except KeyboardInterrupt:  # before `main` could listen
    import os

    os.write(2, b"rdpscore: stopped\n")
    os._exit(130)

main()

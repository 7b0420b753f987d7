"""Foz and a simulator as child processes: started on free ports, known by their ready line, ended by pid."""
import json
import os
import pathlib
import subprocess
import tempfile

BIN = pathlib.Path(os.environ.get("FOZ_BIN", pathlib.Path(__file__).parents[3] / "build/release"))


class Child:
    def __init__(self, program, arguments, environment=None):
        self.process = subprocess.Popen([str(program), *arguments], stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, **(environment or {})})
        self.ready = self.process.stdout.readline().strip()
        if not self.ready:
            raise RuntimeError(f"{program} ended with {self.process.wait()} before it was ready")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=15)


class World:
    """A simulator and a Foz that may reach it, in a folder of their own."""

    def __init__(self, rows, vendor="salesforce", seed=3):
        self.folder = tempfile.TemporaryDirectory(prefix="foz-interop-")
        self.simulator = Child(BIN / "simulators/foz-sim", [vendor, "--listen", "127.0.0.1:0", "--rows", str(rows), "--seed", str(seed)])
        self.vendor = json.loads(self.simulator.ready)
        self.foz = Child(BIN / "foz", ["serve", "--data", self.folder.name, "--listen", "127.0.0.1:0"],
                         {"FOZ_SOURCES_ALLOW": self.vendor["url"], "FOZ_SCHEDULE_SETTLE_SECONDS": "0", "FOZ_LOG_LEVEL": "error"})
        self.credentials = json.loads((pathlib.Path(self.folder.name) / "credentials.json").read_text())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.foz.stop()
        self.simulator.stop()
        self.folder.cleanup()

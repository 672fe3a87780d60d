"""Predictions as a file that is whole or not there."""

from mmengine.evaluator import DumpResults

from mmfsa.registry import METRICS
from mmfsa.utils.files import replacing


@METRICS.register_module()
class DumpWholeResults(DumpResults):
    """mmengine's `DumpResults`, whose file gets its name when it is whole."""

    def compute_metrics(self, results: list) -> dict:
        path = self.out_file_path
        with replacing(path) as temporary:
            self.out_file_path = str(temporary)
            try:
                super().compute_metrics(results)
            finally:
                self.out_file_path = path
        return {}

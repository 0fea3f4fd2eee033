"""全景评估 (panorama): is approved staffing kept to and well used, unit by unit."""

__version__ = "0.1.0"

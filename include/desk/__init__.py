"""What people and platforms see of Release Desk inside Airflow's API server."""

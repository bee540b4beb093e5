# One image for every Airflow component; docker-compose.yaml says which one a container is.
FROM python:3.12-slim

# Pango draws PDF reports; everything else is in the wheels.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home --shell /usr/sbin/nologin desk

WORKDIR /opt/release-desk

# Every package is pinned and checked by its hash.
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

COPY . .

ENV PYTHONPATH=/opt/release-desk \
    AIRFLOW_HOME=/var/lib/airflow \
    AIRFLOW_CONFIG=/opt/release-desk/airflow.cfg \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/release-desk/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/opt/release-desk/plugins

# A new volume takes over the owner of the folder it is mounted on.
RUN mkdir -p /var/lib/airflow/logs /srv/exports /srv/outputs /srv/hosted /srv/renditions && chown -R desk /var/lib/airflow /srv
USER desk
CMD ["airflow", "version"]

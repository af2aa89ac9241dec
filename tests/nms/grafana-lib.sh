# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after prometheus-lib.sh by the tests of the dashboards: sends the queries of the panels to a real Prometheus.
# KEEP_PICTURES=FOLDER draws the dashboards with Chromium.

dashboards=$top_srcdir/integrations/grafana
answers=$T/answers
mkdir "$answers"

# Replaces the variables as Grafana does, for one host and one guest, or for all hosts.
with_variables() { # EXPRESSION HOST GUEST
    local expression=${1//\$instance/$2}
    echo "${expression//\$domain/$3}"
}

# A line each: number of the panel, letter, range or instant, expression.
queries_of() { # DASHBOARD
    jq -r '.panels[] | .id as $id | .targets[] | [$id, .refId, if .range then "range" else "instant" end, .expr] | @tsv' \
        "$dashboards/$1.json"
}

# The answer of Prometheus, as it is. A range is the KEEP_SECONDS before now.
ask() { # range|instant EXPRESSION [NOW]
    local now=${3:-${EPOCHREALTIME%[.,]*}} way=query parameters=()
    if [ "$1" = range ]; then
        way=query_range
        parameters=(--data "start=$((now - ${KEEP_SECONDS:-120}))&end=$now&step=$((${KEEP_SECONDS:-120} / 120))")
    fi
    curl -sS --max-time 20 "${parameters[@]}" --data-urlencode "query=$2" "http://127.0.0.1:$PROMETHEUS_PORT/api/v1/$way"
}

has_value() { jq -e '.status == "success" and any(.data.result[] | (.values // [.value])[]; .[1] != "NaN")' "$1" > "$T/value"; } # ANSWER

title_of() { jq -r --argjson id "$2" '.panels[] | select(.id == $id) | .title' "$dashboards/$1.json"; } # DASHBOARD PANEL

# Asks all queries of a dashboard; the answers are in $answers/DASHBOARD. Prints the panels and letters of those without a value.
empty_queries() { # DASHBOARD HOST GUEST
    local id letter kind expression answer now=${EPOCHREALTIME%[.,]*}
    mkdir -p "$answers/$1"
    while IFS=$'\t' read -r id letter kind expression; do
        answer=$answers/$1/$id-$letter.json
        ask "$kind" "$(with_variables "$expression" "$2" "$3")" "$now" > "$answer"
        has_value "$answer" || echo "$(title_of "$1" "$id"), $letter"
    done < <(queries_of "$1")
}

# No query may be without a value, but for those named. A scrape that comes late on a busy machine may be repeated.
expect_full() { # DASHBOARD HOST GUEST ['TITLE, LETTER'...]
    local dashboard=$1 host=$2 guest=$3
    shift 3
    { [ $# = 0 ] || printf '%s\n' "$@"; } > "$T/wanted"
    wait_for 15 "empty_queries $dashboard '$host' '$guest' > $T/empty; diff $T/wanted $T/empty"
    step "$dashboard of $host $guest: $(queries_of "$dashboard" | wc -l) queries, ${#} of them without a value"
}

# The variables offer these.
expect_offered() { # DASHBOARD VARIABLE HOST VALUE...
    local dashboard=$1 name=$2 host=$3 query
    shift 3
    query=$(jq -r --arg name "$name" '.templating.list[] | select(.name == $name) | .query.query' "$dashboards/$dashboard.json")
    [[ $(with_variables "$query" "$host" '') =~ ^label_values\((.*),\ ([a-z]+)\)$ ]] || FAIL "$dashboard: $name asks '$query'"
    curl -sS --max-time 20 -G --data-urlencode "match[]=${BASH_REMATCH[1]}" \
        "http://127.0.0.1:$PROMETHEUS_PORT/api/v1/label/${BASH_REMATCH[2]}/values" > "$T/values"
    equal "$(printf '%s\n' "$@" | sort)" "$(jq -r '.data[]' "$T/values" | sort)" "$dashboard: what $name offers"
}

# The values of a panel's query, a line each.
panel() { # DASHBOARD TITLE HOST [LETTER]
    local expression
    expression=$(jq -r --arg title "$2" --arg letter "${4:-A}" \
        '.panels[] | select(.title == $title) | .targets[] | select(.refId == $letter) | .expr' "$dashboards/$1.json")
    ask instant "$(with_variables "$expression" "$3" '')" | jq -r '.data.result[].value[1]'
}

expect_panel() { # VALUES DASHBOARD TITLE HOST
    wait_for 30 "[ \"\$(panel $2 '$3' '$4' | xargs)\" = '$1' ] || { panel $2 '$3' '$4'; false; }"
}

# Draws the last answers to the queries on one page.
draw() { # DASHBOARD PICTURE HEIGHT
    local answer
    [ -n "${KEEP_PICTURES-}" ] || return 0
    need chromium
    {
        sed '/^<script id="data"/q' "$top_srcdir/tests/nms/grafana-page.html"
        echo 'const dashboard ='
        cat "$dashboards/$1.json"
        echo '; const answers = {'
        for answer in "$answers/$1"/*.json; do
            echo "\"$(basename "$answer" .json)\": $(jq -c .data.result "$answer"),"
        done
        echo '};'
        sed '1,/^<script id="data"/d' "$top_srcdir/tests/nms/grafana-page.html"
    } > "$T/$1.html"
    mkdir -p "$T/browser"
    chromium --headless --no-sandbox --disable-gpu --user-data-dir="$T/browser" --hide-scrollbars --force-device-scale-factor=1 \
        --window-size="1200,$3" --virtual-time-budget=5000 --screenshot="$KEEP_PICTURES/$2" "file://$T/$1.html" > "$T/browser.log" 2>&1 ||
        FAIL "$(tail -n 5 "$T/browser.log")"
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The dashboards conform to Grafana's own schema of dashboards, panels, options and queries, in Grafana 10, 11 and 13: the compiler of
# TypeScript compares them with the types of the npm package @grafana/schema.
. "$(dirname "$0")/../integration/lib.sh"
need npm node jq

dashboards=$top_srcdir/integrations/grafana
versions=(10.4.0 11.6.0 13.2.3)
typescript=5.6.3

# The packages of one version, kept for the next run.
fetch() { # VERSION
    folder=${GUESTLIST_TEST_CACHE:-$T}/grafana-schema-$1
    [ ! -e "$folder/complete" ] || return 0
    mkdir -p "$folder"
    echo '{"private": true}' > "$folder/package.json"
    npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error "@grafana/schema@$1" \
        "typescript@$typescript" > "$T/npm.log" 2>&1 || SKIP "npm does not give @grafana/schema $1: $(head -n 1 "$T/npm.log")"
    touch "$folder/complete"
}

# The module with the types of a part of the schema; not every version has those of queries.
module() { # PART
    local file
    file=$(find "$folder/node_modules/@grafana/schema/dist" -path "*/raw/$1/x/*.d.ts" | sort | head -n 1)
    [ -z "$file" ] || echo "./${file#"$folder/"}"
}

# A program that assigns each dashboard, and the options, fields and queries of each panel, to a constant of its type. JSON has
# strings for enumerations, so Plain replaces these. Options may be missing, because Grafana fills them in.
program() { # DASHBOARD-FILE...
    local kind
    cat << 'TYPES'
type Plain<T> = unknown extends T ? T : T extends string ? `${T}` : T extends (infer E)[] ? Plain<E>[]
    : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
TYPES
    echo "import type { Dashboard } from '$(module dashboard)';"
    for kind in stat statetimeline table timeseries; do
        echo "import type * as $kind from '$(module "composable/$kind/panelcfg")';"
    done
    [ -z "$(module composable/prometheus/dataquery)" ] ||
        echo "import type { PrometheusDataQuery } from '$(module composable/prometheus/dataquery)';"
    jq -r --argjson queries "$([ -z "$(module composable/prometheus/dataquery)" ] && echo false || echo true)" '
        def typed($type): "const NAME: Plain<\($type)> = \(tojson);";
        typed("Dashboard"),
        (.panels[] | (.type | gsub("-"; "")) as $kind
            | (.options | typed("Partial<\($kind).Options>")),
              (.fieldConfig.defaults.custom // empty | typed("\($kind).FieldConfig")),
              (.targets[] | select($queries) | typed("PrometheusDataQuery")))' "$@" | awk '{ sub(/NAME/, "value_" NR); print }'
}

compile() { # DASHBOARD-FILE...
    program "$@" > "$folder/check.ts"
    node "$folder/node_modules/typescript/bin/tsc" --noEmit --strict --skipLibCheck --target es2022 --module esnext \
        --moduleResolution bundler --allowImportingTsExtensions "$folder/check.ts" > "$T/tsc.log" 2>&1
}

# Grafana 10 has no pages in state timelines. It ignores this option.
as_known_to() { # VERSION DASHBOARD-FILE
    case $1 in
        10.*) jq 'del(.panels[].options.perPage)' "$2" ;;
        *) cat "$2" ;;
    esac
}

for version in "${versions[@]}"; do
    fetch "$version"
    for name in fleet host guest; do
        as_known_to "$version" "$dashboards/guestlist-$name.json" > "$T/$name.json"
    done
    compile "$T"/{fleet,host,guest}.json || FAIL "$version: $(sed 's/^[^ ]*check.ts//' "$T/tsc.log" | cut -c 1-600 | head -n 20)"
    jq '.panels[0].options.colourMode = "value"' "$T/fleet.json" > "$T/wrong.json"
    ! compile "$T/wrong.json" || FAIL "$version: an option that there is not was taken"
    jq '.panels[0].gridPos.w = "wide"' "$T/fleet.json" > "$T/wrong.json"
    ! compile "$T/wrong.json" || FAIL "$version: a width that is a word was taken"
    step "the dashboards are as @grafana/schema $version says"
done
OK

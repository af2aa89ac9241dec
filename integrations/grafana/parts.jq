# SPDX-License-Identifier: GPL-2.0-or-later
# The parts of the dashboards: colours and words for values, queries, panels, variables.

def green: "#009e73"; def red: "#d55e00"; def orange: "#e69f00"; def grey: "#8e8e8e"; def blue: "#56b4e9"; def purple: "#cc79a7";

# VM-MIB's states: the number in guestlist:domain_state, the word, the colour. Shut down is grey, because many guests are off on
# purpose.
def states: [
    [1, "unknown", purple], [2, "other", purple], [3, "preparing", blue], [4, "running", green], [5, "suspending", blue],
    [6, "suspended", grey], [7, "resuming", blue], [8, "paused", orange], [9, "migrating", blue], [10, "shutting down", blue],
    [11, "shut down", grey], [12, "crashed", red]];

# Words and colours for values, from [VALUE, WORD, COLOUR].
def words($pairs): [{type: "value", options: ($pairs | to_entries
    | map({key: "\(.value[0])", value: {text: .value[1], color: .value[2], index: .key}}) | from_entries)}];
def state_words: words(states);
def hypervisor_words: words([[0, "no data", red], [1, "connecting", orange], [2, "connected", green], [3, "stale", orange],
    [4, "disconnected", red]]);
def yes_no: words([["0", "no", grey], ["1", "yes", green]]);
def alert_words: words([["1", "waits", orange], ["2", "fires", red]]);
def trouble_words: words([["GuestlistDomainShouldRun", "should run and does not", red], ["GuestlistDomainCrashed", "crashed", red],
    ["GuestlistDomainPausedByError", "paused by an error", red]]);

def datasource: {type: "prometheus", uid: "${datasource}"};
def thresholds($steps): {mode: "absolute", steps: ($steps | map({value: .[0], color: .[1]}))};
def plain: thresholds([[null, blue]]);
def bad_above_zero: thresholds([[null, green], [1, red]]);

# ---- Queries ----------------------------------------------------------------------------------------

def range_query($legend; $expr): {datasource: datasource, expr: $expr, legendFormat: $legend, range: true, instant: false,
    format: "time_series"};
def now_query($legend; $expr): range_query($legend; $expr) + {range: false, instant: true};
# One row for each series, one column for each label.
def table_query($expr): now_query("__auto"; $expr) + {format: "table"};
def lettered: to_entries | map({refId: ([.key + 65] | implode)} + .value);

# ---- Panels: type, size, queries, and what their values look like ------------------------------------

def panel($type; $width; $height; $title; $description; $queries; $defaults; $overrides; $options): {
    type: $type, title: $title, description: $description, datasource: datasource, gridPos: {w: $width, h: $height},
    targets: ($queries | lettered), fieldConfig: {defaults: $defaults, overrides: $overrides}, options: $options};

def stat($width; $title; $description; $defaults; $queries; $text):
    panel("stat"; $width; 4; $title; $description; $queries; {thresholds: plain, mappings: []} + $defaults; []; {
        reduceOptions: {calcs: ["lastNotNull"], fields: "", values: false}, colorMode: "background", graphMode: "none",
        justifyMode: "auto", textMode: $text, orientation: "auto", wideLayout: true, showPercentChange: false});
def stat($width; $title; $description; $defaults; $expr):
    stat($width; $title; $description; $defaults; [now_query("__auto"; $expr)]; "value");

def timeline($width; $height; $title; $description; $mappings; $overrides; $queries):
    panel("state-timeline"; $width; $height; $title; $description; $queries;
        {color: {mode: "thresholds"}, thresholds: plain, mappings: $mappings, custom: {fillOpacity: 80, lineWidth: 0}}; $overrides; {
        alignValue: "center", mergeValues: true, rowHeight: 0.85, showValue: "auto", perPage: 20,
        legend: {calcs: [], displayMode: "list", placement: "bottom", showLegend: true}, tooltip: {mode: "single", sort: "none"}});

def graph($width; $title; $description; $unit; $custom; $overrides; $queries):
    panel("timeseries"; $width; 8; $title; $description; $queries;
        {unit: $unit, min: 0, color: {mode: "palette-classic"}, custom: ({drawStyle: "line", lineInterpolation: "stepAfter",
            lineWidth: 1, fillOpacity: 10, showPoints: "never", spanNulls: false, stacking: {mode: "none", group: "A"}} + $custom)};
        $overrides; {legend: {calcs: [], displayMode: "list", placement: "bottom", showLegend: true},
            tooltip: {mode: "multi", sort: "desc"}});
def stacked: {fillOpacity: 40, stacking: {mode: "normal", group: "A"}};

# Changes how the series or the column of that name looks.
def override($name; $properties): {matcher: {id: "byName", options: $name},
    properties: ($properties | to_entries | map({id: .key, value: .value}))};
def line($name; $word; $colour): override($name; {displayName: $word, color: {mode: "fixed", fixedColor: $colour}});

# A column is [LABEL OR "Value #A", NAME, LOOK]. $hidden names the columns that are not shown.
def table($height; $title; $description; $sorted; $hidden; $columns; $queries):
    panel("table"; 24; $height; $title; $description; $queries;
        {thresholds: plain, mappings: [], custom: {align: "left", cellOptions: {type: "auto"}, inspect: false}};
        ($columns | map(select(.[2])| override(.[1]; .[2])));
        {cellHeight: "sm", showHeader: true, frameIndex: 0, sortBy: [$sorted]})
    + {transformations: [{id: "merge", options: {}}, {id: "organize", options: {
        excludeByName: ((["Time", "job"] + $hidden) | map({key: ., value: true}) | from_entries),
        indexByName: ($columns | to_entries | map({key: .value[0], value: .key}) | from_entries),
        renameByName: ($columns | map({key: .[0], value: .[1]}) | from_entries)}}]};
def coloured($mappings): {mappings: $mappings, "custom.cellOptions": {type: "color-text"}};
def red_above_zero: {thresholds: bad_above_zero, color: {mode: "thresholds"}, "custom.cellOptions": {type: "color-text"}};
def link_to($dashboard; $title; $variables): {links: [{title: $title, targetBlank: false,
    url: "/d/\($dashboard)?${datasource:queryparam}&\($variables)&${__url_time_range}"}]};
def host_link: link_to("guestlist-host"; "This host"; "var-instance=${__data.fields.Host:percentencode}");
def guest_link: link_to("guestlist-guest"; "This guest";
    "var-instance=${__data.fields.Host:percentencode}&var-domain=${__data.fields.Guest:percentencode}");

# ---- Variables and the dashboard itself --------------------------------------------------------------

def datasource_variable: {type: "datasource", name: "datasource", label: "Prometheus", query: "prometheus", refresh: 1, regex: "",
    hide: 0, includeAll: false, multi: false, skipUrlSync: false};
def variable($name; $title; $query): {type: "query", name: $name, label: $title, datasource: datasource,
    query: {query: $query, refId: $name}, refresh: 2, regex: "", sort: 7, hide: 0, includeAll: false, multi: false, skipUrlSync: false};
def all: {includeAll: true, multi: true, allValue: ".*", current: {selected: true, text: ["All"], value: ["$__all"]}};

# From left to right and from top to bottom, in rows of 24 columns.
def laid_out: reduce .[] as $panel ({x: 0, y: 0, id: 0, panels: []};
    (if .x + $panel.gridPos.w > 24 then .y += .height | .x = 0 else . end)
    | .panels += [$panel * {id: (.id + 1), gridPos: {x: .x, y: .y}}]
    | .x += $panel.gridPos.w | .height = $panel.gridPos.h | .id += 1) | .panels;

# The dashboard of one host compares the host's name as it is, not as a regular expression.
def of_one_host: walk(if type == "string" then gsub("instance=~\"\\$instance\""; "instance=\"$instance\"") else . end);

def dashboard($uid; $title; $description; $range; $variables; $panels): {
    uid: $uid, id: null, title: $title, description: $description, tags: ["guestlist", "libvirt"], schemaVersion: 39, version: 1,
    editable: true, graphTooltip: 1, refresh: "30s", time: {from: $range, to: "now"}, timezone: "", timepicker: {}, weekStart: "",
    annotations: {list: []}, templating: {list: ([datasource_variable] + $variables)},
    links: [{type: "dashboards", title: "Guestlist", tags: ["guestlist"], asDropdown: false, icon: "external link",
        includeVars: true, keepTime: true, targetBlank: false, tooltip: "", url: ""}],
    panels: ($panels | laid_out)};

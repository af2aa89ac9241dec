<?php

// SPDX-License-Identifier: GPL-2.0-or-later
// librenms.php MODULES ADDRESS TRAIT...: runs a trait of LibreNMS over a real walk, and prints a line per guest. There is no package of
// LibreNMS itself. This file replaces the four classes that such a trait uses.

namespace App\Models {
    class Vminfo
    {
        public function __construct(public array $columns)
        {
        }
    }
}

namespace Illuminate\Support {
    class Collection
    {
        public function __construct(public array $items = [])
        {
        }
    }
}

namespace LibreNMS\Enum {
    abstract class PowerState
    {
        public const OFF = 0;
        public const ON = 1;
        public const SUSPENDED = 2;
        public const UNKNOWN = 3;
    }
}

namespace {
    use Illuminate\Support\Collection;

    class SnmpQuery
    {
        private array $rows = [];

        public static function hideMib(): self
        {
            return new self();
        }

        public function walk(string $oid): self
        {
            global $argv;
            $module = strstr($oid, '::', true);
            $command = ['snmpbulkwalk', '-M', $argv[1], '-m', $module, '-v2c', '-c', 'public', '-OQXUte', '-Os', $argv[2], $oid];
            exec(implode(' ', array_map('escapeshellarg', $command)), $lines, $status);
            if ($status !== 0) {
                exit("the walk fails\n");
            }
            foreach ($lines as $line) {
                if (preg_match('/^(\w+)\[(\d+)\] = (.*)$/', $line, $found)) {
                    $this->rows[$found[2]][$found[1]] = $found[3];
                }
            }

            return $this;
        }

        public function mapTable(callable $callback): Collection
        {
            return new Collection(array_map($callback, $this->rows, array_keys($this->rows)));
        }
    }

    set_error_handler(fn (int $level, string $message) => exit("$message\n")); // like LibreNMS, which turns warnings into errors
    require $argv[3];
    $os = new class() {
        use LibreNMS\OS\Traits\VminfoVmMib;
    };
    foreach ($os->discoverVmInfo()->items as $guest) {
        $columns = $guest->columns;
        echo implode(' ', [$columns['vmwVmVMID'], $columns['vmwVmState'], $columns['vmwVmMemSize'], $columns['vmwVmCpus'],
            $columns['vmwVmDisplayName']]), '|', $columns['vmwVmGuestOS'], "\n";
    }
}

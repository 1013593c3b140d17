using System.Text.RegularExpressions;

namespace Weerbaarheid.Relay.Tests.Architecture;

/// <summary>The arrows that src/ARCHITECTURE.md allows, checked against the source itself.</summary>
public sealed partial class ArrowTests
{
    /// <summary>Folder of the worker to the folders it may use. Links inside a folder need no line.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Logs"] = [],
        ["Links"] = ["Logs"],
        ["Links/Mqtt"] = ["Links", "Logs"],
        ["Links/Simulated"] = ["Links"],
        ["Links/Modems"] = ["Links", "Logs"],
        ["Relaying"] = ["Links"],
        ["Lives"] = [],
        ["Markup"] = [],
        ["Outbox"] = ["Relaying", "Lives"],
        ["Intake"] = ["Relaying"],
        ["Broker"] = ["Links", "Relaying", "Intake", "Logs"],
        ["Keys"] = ["Relaying", "Configuration", "Lives"],
        ["Pins"] = ["Configuration", "Keys"],
        ["QrCodes"] = [],
        ["Support"] = ["Configuration", "Links", "Links/Mqtt", "Reports"],
        ["Configuration"] = ["Lives", "Relaying", "Links", "Links/Mqtt", "Links/Modems"],
        ["Reports"] = ["Relaying", "Outbox"],
        ["Observing"] = ["Relaying", "Outbox", "Reports"],
        ["Exercises"] = ["Markup", "Links", "Relaying", "Reports", "Exports", "Logs", "Lives", "Outbox"],
        ["Node"] = ["Links", "Lives", "Relaying", "Outbox", "Broker", "Reports", "Observing", "Exercises", "Logs"],
        ["Courier"] = ["Relaying", "Outbox", "Lives", "Reports", "Keys"],
        ["Exports"] = ["Markup", "Relaying", "Reports"],
        ["Pages"] = ["Markup", "Exercises", "Outbox", "Pages/Frame", "Pages/Door", "Pages/Noodsteunpunt", "Node", "Courier", "Exports", "Relaying", "Reports", "Pages/Meldkamer", "Pages/Roles", "Pages/Koerier", "Pages/Oefeningen", "Pages/Beheer", "Pins"],
        ["Pages/Frame"] = ["Markup"],
        ["Pages/Door"] = ["Markup", "Pages/Frame", "Logs"],
        ["Pages/Roles"] = ["Markup", "Pages/Frame", "Pins", "Logs"],
        ["Pages/Koerier"] = ["Markup", "Pages/Frame", "Pages/Roles", "Pins", "Node", "Courier", "QrCodes", "Relaying"],
        ["Pages/Oefeningen"] = ["Markup", "Pages/Frame", "Pages/Noodsteunpunt", "Node", "Exercises", "Exports", "Relaying", "Courier"],
        ["Pages/Beheer"] = ["Markup", "Pages/Frame", "Pages/Roles", "Pins", "Node", "Relaying", "Reports"],
        ["Pages/Noodsteunpunt"] = ["Markup", "Pages/Frame", "Node", "Intake", "Relaying", "Reports"],
        ["Pages/Meldkamer"] = ["Markup", "Logs", "Lives", "Pages/Frame", "Pages/Noodsteunpunt", "Pages/Roles", "Pins", "Exports", "Node", "Relaying", "Reports"],
        ["Simulation"] = ["Simulation/Disk", "Links", "Links/Simulated", "Relaying", "Outbox"],
        ["Simulation/Disk"] = ["Links", "Links/Simulated"],
        ["Measuring"] = ["Relaying", "Outbox"],
        ["Demo"] = ["Links", "Links/Mqtt", "Links/Simulated", "Relaying", "Node", "Intake", "Configuration"],
        ["Commands"] = ["Links", "Links/Mqtt", "Lives", "Relaying", "Reports", "Configuration", "Keys", "Simulation", "Demo", "Intake", "Measuring", "Courier", "Outbox", "Exercises", "Pins", "QrCodes", "Support"],
    };

    private static readonly Dictionary<string, string[]> AllowedInWire = new()
    {
        ["Primitives"] = [],
        ["Text"] = [],
        ["Messages"] = ["Primitives", "Text"],
        ["Sealing"] = ["Messages"],
        ["Frames"] = ["Sealing"],
        ["Json"] = ["Messages", "Primitives"],
    };

    /// <summary>Folder to the packages that only it may see.</summary>
    private static readonly Dictionary<string, string[]> PackageHomes = new()
    {
        ["MQTTnet"] = ["Links/Mqtt", "Broker", "Commands"],
        ["Microsoft.Data.Sqlite"] = ["Outbox"],
        ["SQLitePCL"] = ["Outbox"],
        ["MessagePack"] = ["Intake"],
        ["Spectre.Console"] = ["Commands", "Demo", "Simulation"],
        ["System.CommandLine"] = ["Commands"],
        ["QRCoder"] = ["QrCodes"],
        ["OpenTelemetry"] = ["Observing"],
        ["System.IO.Ports"] = ["Links/Modems"],
        ["Microsoft.AspNetCore"] = ["Broker", "Pages", "Pages/Frame", "Pages/Door", "Pages/Noodsteunpunt", "Observing", "", "Pages/Meldkamer", "Pages/Roles", "Pages/Koerier", "Pages/Oefeningen", "Pages/Beheer"],
    };

    [Fact]
    public void The_worker_has_no_arrow_that_is_not_drawn() => AssertArrows("Weerbaarheid.Relay", "Weerbaarheid.Relay", Allowed);

    [Fact]
    public void The_wire_library_has_no_arrow_that_is_not_drawn() => AssertArrows("Weerbaarheid.Relay.Wire", "Weerbaarheid.Relay.Wire", AllowedInWire);

    [Fact]
    public void The_drawn_arrows_have_no_cycle()
    {
        foreach (var map in (Dictionary<string, string[]>[])[Allowed, AllowedInWire])
        {
            var left = map.ToDictionary(pair => pair.Key, pair => pair.Value.ToHashSet());
            while (left.Count > 0)
            {
                var free = left.FirstOrDefault(pair => pair.Value.All(to => !left.ContainsKey(to))).Key;
                Assert.True(free is not null, $"a cycle among: {string.Join(", ", left.Keys)}");
                left.Remove(free);
            }
        }
    }

    [Fact]
    public void Every_namespace_is_its_folder()
    {
        foreach (var project in (string[])["Weerbaarheid.Relay", "Weerbaarheid.Relay.Wire"])
        {
            foreach (var file in SourceTree.Files(project))
            {
                var expected = file.Folder.Length == 0 ? project : $"{project}.{file.Folder.Replace('/', '.')}";
                foreach (Match match in NamespaceLine().Matches(file.Code)) Assert.True(match.Groups[1].Value == expected, $"{file.Path} is in namespace {match.Groups[1].Value}, not {expected}");
            }
        }
    }

    [Fact]
    public void Wire_has_no_packages() => Assert.DoesNotContain("PackageReference", File.ReadAllText(SourceTree.Project("Weerbaarheid.Relay.Wire")));

    [Fact]
    public void Only_its_home_sees_a_package()
    {
        foreach (var file in SourceTree.Files("Weerbaarheid.Relay"))
        {
            foreach (var (package, homes) in PackageHomes)
            {
                if (homes.Contains(file.Folder)) continue;
                Assert.False(Regex.IsMatch(file.Code, $@"using (static )?{Regex.Escape(package)}\b"), $"{file.Path} uses {package}, whose homes are: {string.Join(", ", homes)}");
            }
        }
    }

    /// <summary>The core and the codec know no clock, thread, file, socket or randomness; elsewhere the clock is a TimeProvider.</summary>
    [Fact]
    public void Nobody_reads_the_system_clock_and_the_core_does_nothing_outside()
    {
        foreach (var file in SourceTree.Files("Weerbaarheid.Relay").Concat(SourceTree.Files("Weerbaarheid.Relay.Wire")))
        {
            if (!file.IsCompositionRoot) AssertNone(file, SystemClock());
            if (file.Folder == "Relaying" || file.Project.EndsWith("Wire", StringComparison.Ordinal)) AssertNone(file, Outside());
        }
    }

    private static void AssertNone(SourceTree.Source file, Regex banned)
    {
        var match = banned.Match(file.Code);
        Assert.False(match.Success, $"{file.Path} uses {match.Value}");
    }

    private static void AssertArrows(string project, string root, Dictionary<string, string[]> allowed)
    {
        var files = SourceTree.Files(project).Where(file => file.Folder.Length > 0).ToList();
        Assert.NotEmpty(files);
        var used = new HashSet<(string From, string To)>();
        foreach (var file in files)
        {
            Assert.True(allowed.ContainsKey(file.Folder), $"{file.Path}: the folder {file.Folder} is not in the drawing; add it to src/ARCHITECTURE.md and here");
            foreach (var to in allowed.Keys.Where(to => to != file.Folder && Uses(file.Code, root, to))) used.Add((file.Folder, to));
        }

        var wrong = used.Where(arrow => !allowed[arrow.From].Contains(arrow.To)).ToList();
        Assert.True(wrong.Count == 0, "not allowed: " + string.Join(", ", wrong.Select(arrow => $"{arrow.From} -> {arrow.To}")));
    }

    /// <summary>A using directive, or a name qualified from the root or from a parent namespace.</summary>
    private static bool Uses(string code, string root, string folder)
    {
        var name = Regex.Escape(folder.Replace('/', '.'));
        return Regex.IsMatch(code, $@"using {Regex.Escape(root)}\.{name};|using static {Regex.Escape(root)}\.{name}\.[A-Z]\w*;")
            || Regex.IsMatch(code, $@"(?<![\w.<"" ]){name}\.[A-Z]\w*|(?<=[ (<,]){name}\.[A-Z]\w*(?=[\s.(<>,;)])") && Regex.IsMatch(code, $@"\b{Regex.Escape(root)}\.{name}\b");
    }

    [GeneratedRegex(@"^namespace ([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"\b(DateTime(Offset)?\.(UtcNow|Now|Today)|Stopwatch\.|Environment\.TickCount|TimeProvider\.System|Thread\.Sleep)\b")]
    private static partial Regex SystemClock();

    [GeneratedRegex(@"\b(Task\.(Run|Delay)|async |await |new Thread|Random(\.Shared|\()|Guid\.NewGuid|File\.|Directory\.|Socket\b|Console\.|TimeProvider\b|Environment\.)")]
    private static partial Regex Outside();
}

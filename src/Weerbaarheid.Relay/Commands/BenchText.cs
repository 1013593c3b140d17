using System.Globalization;
using Weerbaarheid.Relay.Measuring;

namespace Weerbaarheid.Relay.Commands;

/// <summary>A run of <c>bench</c>, and two of them, for people.</summary>
internal static class BenchText
{
    private const string Unknown = "onbekend";
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    public static void Write(BenchRun run, string folder, VerbContext context)
    {
        WriteMachine(run, context.Out);
        context.Out.WriteLine($"Schijf: {folder}");
        var figures = new Listing("Meting", "Duur", "Ruis", "Per seconde", "Berichten per seconde");
        foreach (var measurement in run.Measurements)
            figures.Add(measurement.Name, Duration(measurement.Median), Percent(measurement.Noise), Whole(measurement.PerSecond), Messages(measurement));
        figures.Write(context.Out, context);
        context.Out.WriteLine("In de lucht (LoRa 125 kHz, 4/5, preamble 8; envelop zonder frame), en hoeveel er in een uur mogen:");
        var air = new Listing("Bericht", "Bytes", "SF", "ms", "Per uur bij 1 %", "Per uur bij 10 %");
        foreach (var row in run.Airtime)
            air.Add(row.Message, Whole(row.Bytes), Whole(row.SpreadingFactor), row.Milliseconds.ToString("0.0", Culture), Whole(row.PerHourAtOnePercent), Whole(row.PerHourAtTenPercent));
        air.Write(context.Out, context);
        if (run.Throttled) context.Out.WriteLine("LET OP: dit bord is afgeknepen; de cijfers zijn lager dan het kan. Zorg voor koeling en een goede voeding en meet opnieuw.");
        if (run.Before.Virtual) context.Out.WriteLine("LET OP: virtuele machine; deze cijfers zeggen weinig over een bord.");
    }

    public static void WriteDifferences(BenchRun before, BenchRun after, IReadOnlyList<BenchDifference> differences, VerbContext context)
    {
        if (before.Before.Machine != after.Before.Machine) context.Out.WriteLine($"LET OP: twee machines: {before.Before.Machine ?? Unknown} en {after.Before.Machine ?? Unknown}.");
        foreach (var (name, run) in new[] { ("eerste", before), ("tweede", after) })
            if (run.Throttled) context.Out.WriteLine($"LET OP: bij de {name} meting was het bord afgeknepen.");
        var listing = new Listing("Meting", "Eerst", "Daarna", "Verhouding", "Oordeel");
        foreach (var difference in differences)
        {
            listing.Add(
                difference.Name, difference.Before is { } old ? Duration(old.Median) : "-", difference.After is { } now ? Duration(now.Median) : "-",
                difference.Ratio?.ToString("0.00", Culture) ?? "-", Word(difference.Change));
        }

        listing.Write(context.Out, context);
    }

    private static void WriteMachine(BenchRun run, TextWriter output)
    {
        var facts = run.Before;
        output.WriteLine($"Machine: {facts.Machine ?? Unknown}, {facts.Cores} kernen; kernel {facts.Kernel}; versie {run.Version}");
        output.WriteLine($"Governor: {facts.Governor ?? Unknown}; temperatuur: {Celsius(facts)}, na het meten {Celsius(run.After)}; "
            + $"afgeknepen: {facts.ThrottlingInWords()}, na het meten {run.After.ThrottlingInWords()}");
        output.WriteLine($"Belasting vooraf: {facts.Load?.ToString("0.0", Culture) ?? Unknown}");
    }

    private static string Word(Change change) => change switch
    {
        Change.Better => "SNELLER",
        Change.Worse => "TRAGER",
        Change.Gone => "weg",
        Change.New => "nieuw",
        _ => "binnen de ruis",
    };

    /// <summary>Only a commit carries more than one message.</summary>
    private static string Messages(Measurement measurement) =>
        StoreProbes.BatchOf(measurement.Name) is { } batch ? Whole(batch * measurement.PerSecond) : "";

    private static string Celsius(MachineFacts facts) => facts.Celsius is { } celsius ? $"{celsius.ToString("0.0", Culture)} °C" : Unknown;

    private static string Duration(double nanoseconds) => nanoseconds switch
    {
        < 1e4 => $"{nanoseconds.ToString("0.0", Culture)} ns",
        < 1e7 => $"{(nanoseconds / 1e3).ToString("0.0", Culture)} µs",
        _ => $"{(nanoseconds / 1e6).ToString("0.0", Culture)} ms",
    };

    private static string Percent(double part) => $"{(part * 100).ToString("0", Culture)} %";

    private static string Whole(double number) => number.ToString("N0", Culture);
}

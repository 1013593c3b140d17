namespace Weerbaarheid.Relay.Benchmarks.Radio;

/// <summary>One row of the table.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Lxmf">What LXMF 1.0.1 did on the same rig; a dash where it has nothing like it.</param>
/// <param name="Bar">What was to be reached.</param>
/// <param name="Measured">What was.</param>
/// <param name="Reached">Null when it could not be measured; <paramref name="Measured"/> then says why.</param>
internal sealed record RadioRow(string What, string Lxmf, string Bar, string Measured, bool? Reached)
{
    internal string Verdict => Reached switch
    {
        true => "reached",
        false => "MISSED",
        null => "not measured",
    };
}

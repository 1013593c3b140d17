namespace Weerbaarheid.Relay.Keys;

/// <summary>A master that is in use: nobody else can open its file meanwhile, so that no line of the ledger is lost between two.</summary>
internal sealed class OpenMaster : IDisposable
{
    private readonly FileStream _file;
    private readonly string _path;
    private readonly string _passphrase;

    private OpenMaster(FileStream file, string path, string passphrase, RegionMaster master) =>
        (_file, _path, _passphrase, Master) = (file, path, passphrase, master);

    public RegionMaster Master { get; }

    /// <summary>Opens it.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="passphrase">As it was made with.</param>
    /// <param name="problem">Why it did not open, and what to do.</param>
    public static OpenMaster? Open(string path, string passphrase, out string? problem)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None);
            if (file.Length > MasterFile.LargestFile) problem = $"the master '{path}' is too large for one; name the right file";
            else
            {
                var bytes = new byte[file.Length];
                file.ReadExactly(bytes);
                (var master, problem) = MasterFile.Read(path, bytes, passphrase);
                if (master is not null) return new OpenMaster(file, path, passphrase, master);
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            problem = $"the master '{path}' does not exist; make one with 'keys new-region', or name the right file";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"the master '{path}' cannot be opened: {e.Message.TrimEnd('.')}; wait until no other command uses it, and run this as its owner";
        }

        file?.Dispose();
        return null;
    }

    /// <summary>Writes it down again.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save() => MasterFile.Write(_path, Master, _passphrase, replace: true);

    public void Dispose()
    {
        Master.Dispose();
        _file.Dispose();
    }
}
